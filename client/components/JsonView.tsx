import { JsonView as Tree } from 'react-json-view-lite';
import classes from './JsonView.module.css';

const style = {
  container: classes.tree,
  childFieldsContainer: classes.children,
  basicChildStyle: classes.row,
  label: classes.label,
  clickableLabel: classes.clickable,
  nullValue: classes.muted,
  undefinedValue: classes.muted,
  numberValue: classes.number,
  booleanValue: classes.number,
  stringValue: classes.string,
  otherValue: classes.muted,
  punctuation: classes.muted,
  expandIcon: classes.expand,
  collapseIcon: classes.collapse,
  collapsedContent: classes.collapsed,
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  stringifyStringValues: true,
};

/** A list or an object of more members starts closed: each of them is a row of the page. */
const MOST_OPEN = 200;

/** A constant, because the tree folds anew whenever this function changes. */
const startsOpen = (level: number, value: unknown) =>
  level < 2 && (typeof value !== 'object' || value === null || Object.keys(value).length <= MOST_OPEN);

type JsonViewProps = { value: unknown; label: string };

/** A JSON value as a tree that opens and closes, by mouse and arrow keys. */
export default function JsonView({ value, label }: JsonViewProps) {
  if (typeof value !== 'object' || value === null) {
    return <pre className={classes.plain}>{JSON.stringify(value)}</pre>;
  }
  return (
    <Tree
      data={value}
      style={style}
      shouldExpandNode={startsOpen}
      clickToExpandNode
      compactTopLevel
      aria-label={label}
    />
  );
}
