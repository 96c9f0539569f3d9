/** The place of saved views in the sidebar. */
export function SavedViews() {
  return null;
}
