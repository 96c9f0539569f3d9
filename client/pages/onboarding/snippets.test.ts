import {
  agentSnippet,
  curlSnippet,
  installPythonSnippet,
  installSnippet,
  manualSnippet,
  trackPythonSnippet,
  trackSnippet,
} from './snippets.ts';

const target = { baseUrl: 'https://lab.example.com/sub', apiKey: 'pl_live_abc' };

test.each([trackSnippet, trackPythonSnippet, manualSnippet, curlSnippet])(
  '%p carries the address and the key',
  (snippet) => {
    expect(snippet(target)).toContain('https://lab.example.com/sub');
    expect(snippet(target)).toContain('pl_live_abc');
  },
);

test('the text for an agent names the server and never the key', () => {
  const text = agentSnippet({ ...target, version: '1.2.3' });
  expect(text).toContain('https://lab.example.com/sub/sdk/promptlab_sdk-1.2.3-py3-none-any.whl');
  expect(text).not.toContain('pl_live_abc');
});

test('the SDK is installed from the server, with what the code imports besides', () => {
  expect(installSnippet(target)).toBe('npm install https://lab.example.com/sub/sdk/promptlab.tgz');
  expect(installSnippet(target, 'openai')).toBe('npm install https://lab.example.com/sub/sdk/promptlab.tgz openai');
});

test('the body of the curl call is JSON', () => {
  const body = curlSnippet(target).match(/-d '([\s\S]*)'$/)?.[1] ?? '';
  expect(JSON.parse(body)).toMatchObject({ model: 'gpt-4.1-mini', tags: { env: 'dev' } });
});

test('the Python package is installed from the server by its full name, in the version of this dashboard', () => {
  expect(installPythonSnippet({ baseUrl: target.baseUrl, version: '1.2.3' })).toBe(
    'pip install https://lab.example.com/sub/sdk/promptlab_sdk-1.2.3-py3-none-any.whl openai',
  );
});
