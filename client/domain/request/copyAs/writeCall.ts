/** The call of a request, written for whoever makes it again. */
import type { LoggedRequest } from '#shared/request';
import { toApiCall } from './apiCall.ts';
import { toCurl } from './toCurl.ts';
import { toPython } from './toPython.ts';
import { toTypeScript } from './toTypeScript.ts';

/** The languages by the name that the menu shows, with what writes them. */
const CALL_LANGUAGES = { curl: toCurl, TypeScript: toTypeScript, Python: toPython } as const;
export type CallLanguage = keyof typeof CALL_LANGUAGES;

/** Null where the call is not one of OpenAI's API, by which all three are written. */
export function writeCall(request: LoggedRequest, language: CallLanguage): string | null {
  const call = toApiCall(request);
  return call === null ? null : CALL_LANGUAGES[language](call);
}
