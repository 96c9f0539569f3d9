import { renderPage } from './staticClient.ts';

const HTML =
  '<meta name="base-path" content="/" /><script src="/theme.js"></script><link href="/assets/a.css" /><a href="https://x.example/">';

test('the page under a sub-path finds its files there', () => {
  expect(renderPage(HTML, '/promptlab')).toBe(
    '<meta name="base-path" content="/promptlab/" /><script src="/promptlab/theme.js"></script><link href="/promptlab/assets/a.css" /><a href="https://x.example/">',
  );
});

test('the page at the root is left as it is', () => {
  expect(renderPage(HTML, '')).toBe(HTML);
});
