import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { ImageIcon } from '@radix-ui/react-icons';
import classes from './Markdown.module.css';

const PLUGINS = [remarkGfm, keepReferences];

/** Leaves references such as `&lt;` as they were written: who debugs a prompt reads what was sent, not what it stands for. */
function keepReferences(this: { data: () => object }): void {
  const data = this.data() as { micromarkExtensions?: object[] }; // What remark-parse takes its extensions from.
  (data.micromarkExtensions ??= []).push({ disable: { null: ['characterReference'] } });
}

/**
 * Markdown of a caller or a model, as elements of ours. HTML in it is shown as the text it is; a picture is a chip that
 * names its address, since nothing that a message points to is fetched; a link opens only where its reader clicks it.
 */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown} dir="auto">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
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
  li: ({ children }) => <li dir="auto">{children}</li>,
  input: ({ checked }) => <span>{checked ? '☑' : '☐'}</span>,
  pre: ({ children }) => (
    <pre dir="ltr" tabIndex={0}>
      {children}
    </pre>
  ),
  table: ({ children }) => (
    <div className={classes.table} tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};

function isWebAddress(href: string | undefined): boolean {
  return href !== undefined && /^(?:https?:\/\/|mailto:)/i.test(href);
}
