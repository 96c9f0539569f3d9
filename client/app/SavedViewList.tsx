import { useState } from 'react';
import { ActionIcon, Text } from '@mantine/core';
import { BookmarkFilledIcon, BookmarkIcon, DotsHorizontalIcon } from '@radix-ui/react-icons';
import { Link, useRouterState } from '@tanstack/react-router';
import type { SavedView } from '#shared/view';
import { errorMessage } from '../api/errorMessage.ts';
import { trpc } from '../api/trpc.ts';
import { ConfirmModal } from '../components/ConfirmModal.tsx';
import { ErrorPanel } from '../components/ErrorPanel.tsx';
import { LazyMenu } from '../components/LazyMenu.tsx';
import { readSearch } from '../domain/pageSearch.ts';
import { addressOf, isEdited, useSavedViews } from '../domain/views/savedViews.ts';
import { ViewDialog, type ViewDraft } from '../domain/views/ViewDialog.tsx';
import sidebar from './Sidebar.module.css';
import classes from './SavedViews.module.css';

/** Saved views in the sidebar. */
export default function SavedViewList() {
  const views = useSavedViews();
  const session = trpc.session.get.useQuery(undefined, { staleTime: 60_000 });
  const location = useRouterState({ select: (state) => state.location });
  const [draft, setDraft] = useState<ViewDraft | null>(null);
  const [deleted, setDeleted] = useState<SavedView | null>(null);
  const shown = views?.filter(({ page }) => page === 'requests') ?? [];
  if (shown.length === 0) return null;
  const search = readSearch({ ...location.search });
  const canChange = session.data?.api_key.scopes.includes('manage') ?? false;
  return (
    <div className={sidebar.group} role="group" aria-label="Saved views">
      <div className={sidebar.heading}>Views</div>
      {shown.map((view) => {
        const isShown = search.v === view.id;
        return (
          <div key={view.id} className={classes.row}>
            <Link
              to="/requests"
              search={addressOf(view, search)}
              className={sidebar.link}
              activeOptions={{ includeSearch: true, exact: true }}
              data-status={isShown ? 'active' : undefined}
              aria-current={isShown ? 'page' : undefined}
              title={view.search.q ?? view.name}
            >
              {view.is_default ? <BookmarkFilledIcon aria-label="Default" /> : <BookmarkIcon aria-hidden />}
              <span className={sidebar.label} dir="auto">
                {view.name}
              </span>
              {isShown && isEdited(view, search) && (
                <Text component="span" fz="xs" c="dimmed">
                  edited
                </Text>
              )}
            </Link>
            {canChange && (
              <ViewMenu
                view={view}
                onRename={() => setDraft({ view, page: view.page, search: view.search })}
                onDelete={() => setDeleted(view)}
              />
            )}
          </div>
        );
      })}
      <ViewDialog draft={draft} onClose={() => setDraft(null)} onSaved={() => setDraft(null)} />
      <DeleteView view={deleted} onEnd={() => setDeleted(null)} />
    </div>
  );
}

type ViewMenuProps = { view: SavedView; onRename: () => void; onDelete: () => void };

function ViewMenu({ view, onRename, onDelete }: ViewMenuProps) {
  const utils = trpc.useUtils();
  const save = trpc.views.save.useMutation({ onSuccess: () => utils.views.list.invalidate() });
  const { id, name, page, search, is_default } = view;
  return (
    <LazyMenu
      position="bottom-end"
      entries={[
        { label: 'Rename', onClick: onRename },
        {
          label: is_default ? 'Do not open the page with it' : 'Open the page with it',
          onClick: () => save.mutate({ id, view: { name, page, search, is_default: !is_default } }),
        },
        { label: 'Delete', onClick: onDelete, isDanger: true },
      ]}
    >
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        className={classes.menu}
        aria-label={`Change the view ${name}`}
      >
        <DotsHorizontalIcon />
      </ActionIcon>
    </LazyMenu>
  );
}

function DeleteView({ view, onEnd }: { view: SavedView | null; onEnd: () => void }) {
  const utils = trpc.useUtils();
  const remove = trpc.views.delete.useMutation({
    onSuccess: async () => {
      await utils.views.list.invalidate();
      onEnd();
    },
  });
  return (
    <ConfirmModal
      isOpen={view !== null}
      title="Delete view"
      confirmLabel="Delete view"
      isBusy={remove.isPending}
      onConfirm={() => view && remove.mutate({ id: view.id })}
      onCancel={() => {
        remove.reset();
        onEnd();
      }}
    >
      <Text fz="sm">
        “<bdi>{view?.name}</bdi>” goes from everybody’s sidebar. The requests that it shows stay.
      </Text>
      {remove.error && <ErrorPanel title="The view was not deleted" message={errorMessage(remove.error)} />}
    </ConfirmModal>
  );
}
