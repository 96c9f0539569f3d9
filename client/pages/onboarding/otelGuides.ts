/**
 * How to log by OpenTelemetry, one guide for each instrumentation. The first-run page shows them with the address and the key
 * of the reader; docs/opentelemetry.md holds the same words with those of an example (`npx tsx scripts/writeOtelDocs.ts`).
 */
import { javaScriptGuides } from './otelJavaScript.ts';
import { otherGuides } from './otelOthers.ts';
import { pythonGuides } from './otelPython.ts';
import type { SnippetTarget } from './snippets.ts';

/** A sentence, and the code that it speaks of. */
export interface OtelStep {
  readonly text: string;
  readonly code: string;
  /** As a fence of Markdown names it. */
  readonly language: 'sh' | 'js' | 'python' | 'go' | 'yaml';
  /** What the code is, for those who do not see it. */
  readonly label: string;
}

/** How one instrumentation is made to log here. */
export interface OtelGuide {
  /** A word for an address. */
  readonly id: string;
  readonly title: string;
  /** What it logs, in a sentence. */
  readonly about: string;
  /** In the order they are done. */
  readonly steps: readonly OtelStep[];
}

/** All guides, in the order they are offered. */
export function otelGuides(target: SnippetTarget): readonly OtelGuide[] {
  const { aiSdk6, aiSdk7, langChainJs, openInferenceJs, openLlmetryJs, langfuseJs } = javaScriptGuides(target);
  const { langChainPython, openInferencePython, openLlmetryPython, langfusePython, otelPython } = pythonGuides(target);
  const { go, java, collector } = otherGuides(target);
  return [
    aiSdk6,
    aiSdk7,
    langChainPython,
    langChainJs,
    openInferencePython,
    openInferenceJs,
    openLlmetryPython,
    openLlmetryJs,
    langfusePython,
    langfuseJs,
    otelPython,
    go,
    java,
    collector,
  ];
}
