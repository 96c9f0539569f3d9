/**
 * What the Requests page needs at first, in few files. Left alone, the bundler makes a file for each set of pages that share
 * a module: sixty of them for this page, most below one kilobyte, which compress worse than one and are asked for one by one.
 */
import path from 'node:path';

/** What the bundler tells of a module. */
interface ModuleGraph {
  getModuleInfo(id: string): {
    readonly importedIds: readonly string[];
    readonly importers: readonly string[];
    readonly dynamicImporters: readonly string[];
  } | null;
}

/** `base`: what the sign-in page needs too. `shared`: what other pages need too. `requests`: what this page needs alone. */
type ChunkName = 'base' | 'shared' | 'requests';

const CLIENT = import.meta.dirname;
const REQUESTS_PAGE = path.join(CLIENT, 'pages', 'requests', path.sep);

/**
 * For `codeSplitting.groups`: the chunk of a module. Null where the bundler decides: what comes later, and whatever the entry
 * imports, since of a package that is one large list of exports it alone knows which are used where.
 */
export function firstChunks(): (id: string, graph: ModuleGraph) => ChunkName | null {
  let chunks: ReadonlyMap<string, ChunkName> | undefined;
  return (id, graph) => (chunks ??= placeModules(graph)).get(id) ?? null;
}

function placeModules(graph: ModuleGraph): ReadonlyMap<string, ChunkName> {
  const entry = modulesOf(graph, [fileOf('main.tsx')]);
  const signIn = modulesOf(graph, [fileOf('pages/signIn/SignInPage.tsx')]);
  const first = modulesOf(graph, [fileOf('app/SignedInApp.tsx'), fileOf('pages/requests/RequestsRoute.tsx')]);
  const shared = modulesOf(
    graph,
    [...first].filter((id) => !isOfRequestsAlone(graph, id)),
  );
  const chunks = new Map<string, ChunkName>();
  for (const id of first) {
    // What is asked for by itself has to stay a file of its own: the bundler loses its exports in another.
    if (entry.has(id) || graph.getModuleInfo(id)?.dynamicImporters.length !== 0) continue;
    chunks.set(id, signIn.has(id) ? 'base' : shared.has(id) ? 'shared' : 'requests');
  }
  return chunks;
}

const fileOf = (name: string) => path.join(CLIENT, ...name.split('/'));

/** The modules, and all that they import at once; not what they import when it is needed. */
function modulesOf(graph: ModuleGraph, ids: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const next = [...ids];
  for (let id = next.pop(); id !== undefined; id = next.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    next.push(...(graph.getModuleInfo(id)?.importedIds ?? []));
  }
  return found;
}

/** True where only files of that page import it. */
function isOfRequestsAlone(graph: ModuleGraph, id: string): boolean {
  if (!id.startsWith(REQUESTS_PAGE)) return false;
  return (graph.getModuleInfo(id)?.importers ?? []).every((importer) => importer.startsWith(REQUESTS_PAGE));
}
