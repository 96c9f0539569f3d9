/** Where PromptLab lives on this host. The page says so, so that one build works under any sub-path. */

/** With a slash at both ends: `/` or `/promptlab/`. */
export function basePath(): string {
  const path = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '/';
  return path.endsWith('/') ? path : `${path}/`;
}

/** The address an SDK is pointed at, without a slash at its end: `http://localhost:8000`. */
export function publicUrl(): string {
  return (location.origin + basePath()).replace(/\/$/, '');
}
