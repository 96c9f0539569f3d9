/** Checks a value against a schema beside the page, which may end it at any time. */
import { checkSchema } from './checkSchema.ts';

self.onmessage = ({ data }: MessageEvent<{ value: string; schema: string }>) => {
  self.postMessage(checkSchema(JSON.parse(data.value), JSON.parse(data.schema)));
};
