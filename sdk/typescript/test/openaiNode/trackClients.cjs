/** Changes the source of openai-node's `src/client.ts` so that each client it makes is tracked. */
const TRACK = `
;(() => {
  const { createRequire } = process.getBuiltinModule('node:module');
  const { appendFileSync } = process.getBuiltinModule('node:fs');
  const { PromptLab } = createRequire(process.env.PROMPTLAB_BUILD)(process.env.PROMPTLAB_BUILD);
  // A PromptLab that takes everything at once: the tests fake timers and \`fetch\`, so no upload may depend on them.
  globalThis.__promptlab ??= new PromptLab({
    apiKey: 'k',
    streamUsage: 'never',
    batch: { intervalMs: 600000 },
    flushOnExit: false,
    request: { fetch: async () => new Response('{"results":[]}') },
  });
  globalThis.__trackClient = (client) => {
    appendFileSync(process.env.PROMPTLAB_CLIENTS, '.');
    return globalThis.__promptlab.track(client);
  };
})();
`;

/** \`export class OpenAI\` becomes a Proxy of it, whose instances are tracked; subclasses are made through it too. */
function trackClients(code) {
  if (process.env.PROMPTLAB_MODE !== 'tracked') return code;
  const renamed = code.replace(/^export class OpenAI\b/m, 'class OpenAI');
  if (renamed === code) throw new Error('src/client.ts has no exported class OpenAI.');
  return `${renamed}${TRACK}
const TrackedOpenAI = new Proxy(OpenAI, {
  construct(target, args, newTarget) {
    return globalThis.__trackClient(Reflect.construct(target, args, newTarget));
  },
});
OpenAI.prototype.constructor = TrackedOpenAI;
export { TrackedOpenAI as OpenAI };
`;
}

module.exports = { trackClients };
