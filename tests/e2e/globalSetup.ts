/** Unpacks the browser once, before several test files want it at the same time: one that is still being written cannot be run. */
import chromium from '@sparticuz/chromium';

export default async function globalSetup(): Promise<void> {
  if (!process.env.CHROME_PATH) await chromium.executablePath();
}
