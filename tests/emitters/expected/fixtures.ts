/** The expected records of every fixture, by the name that it has without its version. */
import { AGENT_RUNS } from './agents.ts';
import { AI_SDK } from './aiSdk.ts';
import { AI_SDK_7 } from './aiSdk7.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { JAVA_AGENT } from './javaAgent.ts';
import { LANG_CHAIN } from './langChain.ts';
import { LANGFUSE_CALLS } from './langfuseCalls.ts';
import { OPENAI_CALLS } from './openAiCalls.ts';
import { OTHER_SETUPS } from './otherSetups.ts';
import { PROVIDERS } from './providers.ts';
import { RESPONSES } from './responses.ts';
import type { ExpectedSpan } from './scenario.ts';

export const EXPECTED: ReadonlyMap<string, readonly ExpectedSpan[]> = new Map(
  Object.entries({
    ...OPENAI_CALLS,
    ...LANGFUSE_CALLS,
    ...AGENT_RUNS,
    ...LANG_CHAIN,
    ...RESPONSES,
    ...PROVIDERS,
    'otel-openai-java': JAVA_AGENT,
    ...FRAMEWORKS,
    ...OTHER_SETUPS,
    'ai-sdk-js': AI_SDK,
    'ai-sdk-7-js': AI_SDK_7,
  }),
);
