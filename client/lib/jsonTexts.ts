/** The texts inside of JSON, told apart from what is around them. Pure. */

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * What stands between texts and the texts with their quotation marks, in turn; one piece where nothing is written from right to
 * left: two such texts beside each other would change places, and with them what belongs to which name.
 */
export function splitJsonTexts(json: string): string[] {
  // A text that is cut goes to the end: to begin anew at each of its quotation marks took minutes.
  return RIGHT_TO_LEFT.test(json) ? json.split(/("(?:[^"\\]|\\.?)*(?:"|$))/s) : [json];
}

/** True of what is shown as an object or a list of JSON, also where it is cut. */
export function looksLikeJson(text: string): boolean {
  return /^\s*(?:\{\s*(?:"|\}|…|$)|\[\s*(?:["[{\]\d…-]|true|false|null|$))/.test(text);
}
