/** Colors and defaults of every component. The palettes keep 4.5:1 for text on each of our surfaces. */
import { createTheme, type AlertProps, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const iris: MantineColorsTuple = [
  '#f1f1fe',
  '#e4e4fc',
  '#cbcbf8',
  '#aaaaf3',
  '#9292ee',
  '#7070e2',
  '#5b5bd6',
  '#4e4ec4',
  '#4040a8',
  '#33338a',
];

const gray: MantineColorsTuple = [
  '#f8f9fb',
  '#f1f3f6',
  '#e6e9ef',
  '#dadfe7',
  '#c5ccd8',
  '#8f99a9',
  '#5d6778',
  '#434c5b',
  '#2c333f',
  '#181d26',
];

const dark: MantineColorsTuple = [
  '#e4e7ee',
  '#c3c8d4',
  '#9ea6b6',
  '#8b94a6',
  '#2f3543',
  '#252a36',
  '#1b1f29',
  '#14171f',
  '#0d0f15',
  '#090b10',
];

const FONT = '"Inter Variable", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 6 },
  colors: { iris, gray, dark },
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontFamily: FONT, fontWeight: '600' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, fz: 'xs' } },
    Alert: {
      // Mantine's light variant shouts on a quiet page; these surfaces are set in app.css.
      vars: (_theme: unknown, { color }: AlertProps) =>
        color === 'red' || color === 'yellow'
          ? {
              root: {
                '--alert-bg': `var(--pl-${color}-surface)`,
                '--alert-bd': `1px solid var(--pl-${color}-border)`,
                '--alert-color': `var(--pl-${color === 'red' ? 'error' : 'warning'})`,
              },
            }
          : { root: {} },
    },
    Paper: { defaultProps: { withBorder: true } },
    // A dialog's head is no landmark of the page.
    Modal: {
      styles: { title: { fontWeight: 600 } },
      defaultProps: {
        attributes: { header: { role: 'presentation' } },
        centered: true,
        overlayProps: { backgroundOpacity: 0.5, blur: 2 },
      },
    },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#181d26',
    '--mantine-color-error': '#c62a2f',
    '--mantine-color-placeholder': '#6a7383',
    '--mantine-color-default-border': '#dadfe7',
  },
  dark: {
    '--mantine-color-error': '#ff8787',
    '--mantine-color-default-border': '#2f3543',
  },
});
