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

/** A constant, because the tree folds anew whenever this function changes. */
const startsOpen = (level: number) => level < 2;

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
