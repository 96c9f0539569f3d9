/** Colors and defaults of every component. The palettes keep 4.5:1 for text on each of our surfaces. */
import {
  createTheme,
  type ActionIconProps,
  type AlertProps,
  type ButtonProps,
  type CSSVariablesResolver,
  type InputProps,
  type MantineColorsTuple,
} from '@mantine/core';

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
  '#343b4a',
  '#252a36',
  '#1b1f29',
  '#12151c',
  '#0b0d12',
  '#07090d',
];

const FONT = '"Inter Variable", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

/** Five sizes of type, each with its line; weights are 400, 500 and 600. */
const FONT_SIZES = { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' } as const;
const LINE_HEIGHTS = { xs: '16px', sm: '18px', md: '20px', lg: '22px', xl: '26px' } as const;
/** Chips and bars, controls, and panels. */
const RADII = { xs: '4px', sm: '4px', md: '6px', lg: '10px', xl: '10px' } as const;
const SPACES = { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' } as const;

/** Controls of bars and tables, of forms; both are set in app.css, where a phone makes them larger. */
const CONTROL_HEIGHTS: Readonly<Record<string, string>> = {
  xs: 'var(--pl-control-small)',
  sm: 'var(--pl-control)',
  md: 'var(--pl-control)',
};

/** Given as a name of the theme and not as a number of pixels. */
const controlHeight = (size: string | number | undefined, usual: string) =>
  typeof size === 'number' ? undefined : CONTROL_HEIGHTS[size ?? usual];

/** What floats above a page; menus and popovers have this surface of themselves. */
const RAISED = { background: 'var(--pl-raised)' } as const;

const heading = (size: keyof typeof FONT_SIZES) => ({
  fontSize: FONT_SIZES[size],
  lineHeight: LINE_HEIGHTS[size],
  fontWeight: '600',
});

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 6 },
  colors: { iris, gray, dark },
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: FONT_SIZES,
  lineHeights: LINE_HEIGHTS,
  fontWeights: { regular: '400', medium: '500', bold: '600' },
  headings: {
    fontFamily: FONT,
    fontWeight: '600',
    sizes: {
      h1: heading('lg'),
      h2: heading('md'),
      h3: heading('md'),
      h4: heading('sm'),
      h5: heading('sm'),
      h6: heading('sm'),
    },
  },
  radius: RADII,
  spacing: SPACES,
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, fz: 'xs', radius: 'xs' } },
    Button: {
      defaultProps: { size: 'sm' },
      vars: (_theme: unknown, { size }: ButtonProps) => {
        const height = controlHeight(size, 'sm');
        return { root: { ...(height && { '--button-height': height }), '--button-fz': FONT_SIZES.sm } };
      },
      styles: { label: { fontWeight: 500 } },
    },
    ActionIcon: {
      defaultProps: { size: 'sm' },
      vars: (_theme: unknown, { size }: ActionIconProps) => ({
        root:
          size === 'lg' || size === 'sm' ? { '--ai-size': `var(--pl-control${size === 'sm' ? '-small' : ''})` } : {},
      }),
    },
    Input: {
      vars: (_theme: unknown, { size }: InputProps) => {
        const height = controlHeight(size, 'sm');
        return {
          wrapper: {
            ...(height && { '--input-height': height }),
            '--input-fz': FONT_SIZES.sm,
            '--input-bd': 'var(--pl-field-border)',
          },
        };
      },
      // A choice in a narrow field shows that there is more of it.
      styles: { input: { textOverflow: 'ellipsis' } },
    },
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
    Badge: { defaultProps: { radius: 'xs' }, styles: { label: { fontSize: FONT_SIZES.xs, fontWeight: 500 } } },
    Paper: { defaultProps: { withBorder: true } },
    Drawer: { styles: { content: RAISED, header: RAISED } },
    // A dialog's head is no landmark of the page.
    Modal: {
      styles: { title: { fontWeight: 600 }, content: RAISED, header: RAISED },
      defaultProps: {
        radius: 'lg',
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
    '--mantine-color-default-border': '#343b4a',
  },
});
