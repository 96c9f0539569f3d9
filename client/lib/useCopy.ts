import { notifications } from '@mantine/notifications';
import { copyText } from './copyText.ts';

/** Copies a text and says so: "JSON copied". */
export function useCopy(): (what: string, text: string) => Promise<void> {
  return async (what, text) => {
    const isCopied = await copyText(text);
    notifications.show({
      message: isCopied ? `${what} copied` : `${what} could not be copied: the browser refused`,
      color: isCopied ? 'green' : 'red',
      autoClose: 2_500,
      role: 'status',
    });
  };
}
