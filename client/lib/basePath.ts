/** Where PromptLab lives on this host: `<base>` of the page, so that one build works under any sub-path. */

/** With a slash at both ends: `/` or `/promptlab/`. */
export function basePath(): string {
  return new URL('.', document.baseURI).pathname;
}

/** The address an SDK is pointed at, without a slash at its end: `http://localhost:8000`. */
export function publicUrl(): string {
  return (location.origin + basePath()).replace(/\/$/, '');
}
