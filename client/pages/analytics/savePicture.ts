import { notifications } from '@mantine/notifications';

/** Pixels of the picture for one of the page. */
const SCALE = 2;

/** Saves what an element shows as a PNG, on the ground of its theme. Parts with `data-not-in-picture` are left out. */
export async function savePicture(element: HTMLElement, name: string): Promise<void> {
  try {
    const { toPng } = await import('html-to-image');
    const link = document.createElement('a');
    link.href = await toPng(element, {
      pixelRatio: SCALE,
      backgroundColor: getComputedStyle(element).backgroundColor,
      fontEmbedCSS: await readFonts(),
      filter: (node) => !(node instanceof HTMLElement && node.dataset.notInPicture !== undefined),
    });
    link.download = name;
    link.click();
  } catch {
    notifications.show({
      title: 'The picture could not be made',
      message: 'This browser does not draw the page as a picture. The numbers are there as CSV.',
      color: 'red',
      role: 'alert',
    });
  }
}

/**
 * The fonts of the page with their files in them, since a picture loads nothing. The library would find them itself, but by
 * a `<base>`, which the Content Security Policy refuses.
 */
async function readFonts(): Promise<string> {
  const rules = [...document.styleSheets].flatMap((sheet) =>
    [...sheet.cssRules].flatMap((rule) => (rule instanceof CSSFontFaceRule ? [{ sheet, text: rule.cssText }] : [])),
  );
  const fonts = rules.map(async ({ sheet, text }) => {
    const address = /url\("?([^")]+)"?\)/.exec(text)?.[1];
    if (address === undefined) return text;
    const response = await fetch(new URL(address, sheet.href ?? document.baseURI));
    return text.replace(address, await toDataUrl(await response.blob()));
  });
  return (await Promise.all(fonts)).join('\n');
}

function toDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(typeof reader.result === 'string' ? reader.result : ''));
    reader.addEventListener('error', () => reject(new Error('The font could not be read.')));
    reader.readAsDataURL(blob);
  });
}
