/** How long a text was before the server cut it, which its end says; null for one that is whole. */
export function readCut(text: string): number | null {
  const cut = /… \[truncated: (\d{1,12}) characters\]$/.exec(text.slice(-60));
  return cut ? Number(cut[1]) : null;
}
