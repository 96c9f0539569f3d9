import { Children } from 'react';
import ReactMarkdown, { type Components, defaultUrlTransform, type ExtraProps } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { ImageIcon } from '@radix-ui/react-icons';
import classes from './Markdown.module.css';

const PLUGINS = [remarkGfm, keepLetters];

/**
 * Leaves references such as `&lt;`, the backslash of `\(x\)`, and addresses below the text as they were written: who
 * debugs a prompt reads what was sent, not what it stands for.
 */
function keepLetters(this: { data: () => object }): void {
  // What remark-parse takes its extensions from.
  const data = this.data() as { micromarkExtensions?: object[]; fromMarkdownExtensions?: object[] };
  (data.micromarkExtensions ??= []).push({
    disable: { null: ['characterReference', 'definition', 'hardBreakEscape'] },
  });
  (data.fromMarkdownExtensions ??= []).push({ exit: { escapeMarker: keepBackslash } });
}

/** The text that the escaped character is about to be added to. */
function keepBackslash(this: { stack: { value?: string }[] }): void {
  const text = this.stack.at(-1);
  if (text?.value !== undefined) text.value += '\\';
}

/**
 * Markdown of a caller or a model, as elements of ours. HTML in it is shown as the text it is; a picture is a chip that
 * names its address, since nothing that a message points to is fetched; a link opens only where its reader clicks it.
 */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown} dir="auto">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS} urlTransform={toAddress}>
        {text}
      </ReactMarkdown>
    </div>
  );
}

const COMPONENTS: Components = {
  a: ({ href, title, children }) =>
    isWebAddress(href) ? (
      <a href={href} title={title ?? href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      // An address within this page, or one of another kind.
      <span title={href}>{children}</span>
    ),
  img: ({ src, alt }) => (
    <span className={classes.picture} title={`Not loaded, since PromptLab fetches nothing: ${String(src)}`}>
      <ImageIcon aria-hidden />
      {alt === undefined || alt === '' ? 'Image' : alt}
      <bdi className={classes.address}>{String(src)}</bdi>
    </span>
  ),
  // Headings of a message are no headings of the page.
  h1: ({ children }) => <p className={classes.heading}>{children}</p>,
  h2: ({ children }) => <p className={classes.heading}>{children}</p>,
  h3: ({ children }) => <p className={classes.heading}>{children}</p>,
  h4: ({ children }) => <p className={classes.heading}>{children}</p>,
  h5: ({ children }) => <p className={classes.heading}>{children}</p>,
  h6: ({ children }) => <p className={classes.heading}>{children}</p>,
  p: ({ children }) => <p dir="auto">{children}</p>,
  // Breaks between the blocks of an item are no lines of it.
  li: ({ children }) => <li dir="auto">{Children.toArray(children).filter((child) => child !== '\n')}</li>,
  input: ({ checked }) => <span>{checked ? '☑' : '☐'}</span>,
  pre: ({ node, children }) => (
    <>
      <FenceNote fence={node} />
      <pre dir="ltr" tabIndex={0}>
        {children}
      </pre>
    </>
  ),
  table: ({ children }) => (
    <div className={classes.table} tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};

/** What stands behind the marks of a fence: a language, the name of a file. */
function FenceNote({ fence }: { fence: ExtraProps['node'] }) {
  const [code] = fence?.children ?? [];
  if (code?.type !== 'element') return null;
  const classNames = code.properties.className;
  const language = Array.isArray(classNames) ? String(classNames[0] ?? '').replace(/^language-/, '') : '';
  const words = [language, code.data?.meta ?? ''].filter((word) => word !== '').join(' ');
  return words === '' ? null : <div className={classes.fence}>{words}</div>;
}

/** An address has no backslashes that escape: they were kept for the text. */
function toAddress(url: string): string {
  return defaultUrlTransform(url.replaceAll(/%5C(?=[!-/:-@[-`{-~])/gi, ''));
}

function isWebAddress(href: string | undefined): boolean {
  return href !== undefined && /^(?:https?:\/\/|mailto:)/i.test(href);
}
