/** Who ran a model, from what each library calls it. Pure. */

/** What the AI SDK writes behind a name: `openai.chat`, `google.generative-ai`. OpenTelemetry's own names keep their dots. */
const SUFFIX =
  /\.(?:chat|responses|messages|completion|embedding|textembedding|text-embedding|image|speech|transcription|generative-ai|rerank(?:ing)?)$/;
/** Libraries that some write where the provider belongs: the model says more. */
const LIBRARIES = new Set([
  'langchain',
  'llamaindex',
  'llama_index',
  'haystack',
  'strands-agents',
  'gcp.vertex.agent',
  'crewai',
  'unknown',
  '_other',
  'gateway',
]);

/** Models that only their makers sell. */
const MAKERS: readonly (readonly [model: RegExp, provider: string])[] = [
  [/^(?:ft:)?(?:gpt-(?!oss)|chatgpt-|o\d(?:-|$)|text-embedding-|dall-e|whisper|tts-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  // Bedrock has the maker in the name, and often the region.
  [
    /^(?:(?:us|us-gov|eu|apac|global|jp|au|ca)\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek)\.[a-z]/,
    'aws.bedrock',
  ],
  [/^(?:models\/)?gemini-/, 'google'],
  [/^grok-/, 'x-ai'],
  [/^(?:command-|embed-english|rerank-)/, 'cohere'],
  [/^(?:mistral-|codestral|ministral)/, 'mistral'],
  [/^deepseek-/, 'deepseek'],
];

/** `unknown` where neither the name nor the model tells. */
export function toProvider(given: string | null, model: string | null): string {
  const name = given?.trim().toLowerCase().replace(SUFFIX, '') ?? '';
  if (name !== '' && !LIBRARIES.has(name)) return name;
  const lower = model?.toLowerCase() ?? '';
  const maker = MAKERS.find(([pattern]) => pattern.test(lower))?.[1];
  return maker ?? (name === '' ? 'unknown' : name);
}
