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
