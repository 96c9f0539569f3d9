import { useState } from 'react';
import { Badge, Box, Button, Group } from '@mantine/core';
import { BookmarkIcon } from '@radix-ui/react-icons';
import type { SavedView, ViewSearch } from '#shared/view';
import { trpc } from '../../api/trpc.ts';
import type { Address } from '../useAddress.ts';
import { addressOf, findView, isEdited, useSavedViews } from './savedViews.ts';
import { ViewDialog, type ViewDraft } from './ViewDialog.tsx';
import classes from './ViewName.module.css';

type ViewNameProps = Address & {
  page: SavedView['page'];
  /** What a view of now would keep, the look of the list with it. */
  current: ViewSearch;
};

/** Behind the title of a page: the view it shows, whether that was edited, and what saves it. */
export default function ViewName({ search, change, page, current }: ViewNameProps) {
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const view = findView(useSavedViews(), search.v);
  const [draft, setDraft] = useState<ViewDraft | null>(null);
  const utils = trpc.useUtils();
  const save = trpc.views.save.useMutation({ onSuccess: () => utils.views.list.invalidate() });
  const canSave = session.data?.api_key.scopes.includes('manage') ?? false;
  const edited = view !== undefined && isEdited(view, search);
  const hasSomething = Object.keys(current).length > 0;

  const show = (saved: SavedView) => change(addressOf(saved, search), 'replace');
  const saveChanges = async ({ id, name, is_default }: SavedView) =>
    show(await save.mutateAsync({ id, view: { name, page, is_default, search: current } }));
  return (
    <Group gap={6} wrap="nowrap" className={classes.view}>
      {view && (
        <span className={classes.name} dir="auto" title={view.name}>
          {view.name}
        </span>
      )}
      {edited && (
        <Badge variant="light" color="gray" radius="sm" tt="none" fw={500} className={classes.edited}>
          edited
        </Badge>
      )}
      {edited && canSave && (
        <Button
          size="xs"
          variant="subtle"
          loading={save.isPending}
          onClick={() => void saveChanges(view).catch(() => {})}
        >
          Save
        </Button>
      )}
      {edited && (
        <Button size="xs" variant="subtle" color="gray" onClick={() => show(view)}>
          Undo
        </Button>
      )}
      {canSave && hasSomething && (view === undefined || edited) && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<BookmarkIcon />}
          aria-label={view ? 'Save as' : 'Save view'}
          onClick={() => setDraft({ view: null, page, search: current })}
        >
          <Box component="span" visibleFrom="sm">
            {view ? 'Save as' : 'Save view'}
          </Box>
        </Button>
      )}
      <ViewDialog
        draft={draft}
        onClose={() => setDraft(null)}
        onSaved={(saved) => {
          setDraft(null);
          show(saved);
        }}
      />
    </Group>
  );
}
