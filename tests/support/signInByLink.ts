/** What a browser does with the link that a start prints: the code in it is exchanged for a key. */
import { SignedIn } from '#shared/signIn';

/** The link in what a server or the demo has printed; null where there is none. */
export function findLink(output: string): { readonly link: string; readonly code: string } | null {
  const match = /^ *(\S+\/#key=(once-\S+))$/m.exec(output);
  return match?.[1] && match[2] ? { link: match[1], code: match[2] } : null;
}

/** The key that the link in `output` opens; empty where no link was printed. */
export async function signInByLink(url: string, output: string): Promise<string> {
  const found = findLink(output);
  return found ? exchangeCode(url, found.code) : '';
}

/** @throws {Error} with the answer, where the code is refused. */
export async function exchangeCode(url: string, code: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/sign-in`, { method: 'POST', headers: { authorization: `Bearer ${code}` } });
  if (!answer.ok) throw new Error(`The sign-in link was refused: ${await answer.text()}`);
  return SignedIn.parse(await answer.json()).api_key.key;
}
