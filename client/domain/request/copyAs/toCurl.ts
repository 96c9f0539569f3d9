import { stringifyExactJson } from '#shared/exactJson';
import type { ApiCall } from './apiCall.ts';

/** The call as a command for any POSIX shell. The body is a quoted document, in which the shell reads nothing. */
export function toCurl({ path, body, isStream, baseUrl, keyVariable, baseUrlVariable, gaps }: ApiCall): string {
  // No line of indented JSON is this word alone.
  const end = 'JSON';
  return [
    ...gaps.map((gap) => `# ${gap}`),
    `curl ${isStream ? '-N ' : ''}"\${${baseUrlVariable}:-${baseUrl}}${path}" \\`,
    `  -H "Authorization: Bearer $${keyVariable}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  --data-binary @- <<'${end}'`,
    stringifyExactJson(body, 2),
    end,
    '',
  ].join('\n');
}
