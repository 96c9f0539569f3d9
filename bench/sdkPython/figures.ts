/** What `measure.py` gives. */
export type Figures = Readonly<Record<string, number>>;

/** Runs one of its measurements. */
export type Measure = (...args: string[]) => Promise<Figures>;

/** The servers of `servers.py`. */
export interface ServerUrls {
  /** The stand-in for OpenAI. */
  readonly provider: string;
  /** Answers as PromptLab does. */
  readonly receiver: string;
  /** Takes what other libraries send. */
  readonly collector: string;
}

/** Of each figure the least: what else the machine does only ever adds. */
export function leastFigures(all: readonly Figures[]): Figures {
  const keys = Object.keys(all[0] ?? {});
  return Object.fromEntries(keys.map((key) => [key, Math.min(...all.map((figures) => figures[key] ?? Infinity))]));
}
