/** The one place where dates and times are put in words. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * An instant (ISO 8601, or milliseconds since 1970) as `Intl.DateTimeFormat` writes it, in British English, as `24 Nov 2026`.
 * A format is made once: that takes up to a millisecond, and a list asks for hundreds.
 */
export function formatDateTime(
  instant: string | number,
  options: Intl.DateTimeFormatOptions,
  language: 'en-GB' | 'sv-SE' = 'en-GB',
): string {
  const name = language + JSON.stringify(options);
  let format = formats.get(name);
  if (!format) formats.set(name, (format = new Intl.DateTimeFormat(language, options)));
  return format.format(new Date(instant));
}

let zone: string | undefined;

/** The zone in which times are shown, such as `Europe/Oslo`: that of the browser when the page was loaded. */
export function viewersTimeZone(): string {
  return (zone ??= new Intl.DateTimeFormat().resolvedOptions().timeZone);
}
