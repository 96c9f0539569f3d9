/**
 * Rules of docs/architecture.md: where things are, which part of the server may import which, and what is nowhere. Lint has
 * those of the client and the SDK, and of single lines.
 */
import fs from 'node:fs';
import path from 'node:path';
import { entities } from '#server/db/entities';
import { migrations } from '#server/db/migrations/index';
import { VERSION } from '#server/version';

const ROOT = path.resolve(import.meta.dirname, '..');

interface SourceFile {
  /** Such as `server/http/listen.ts`. */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly { readonly from: string; readonly isType: boolean }[];
}

const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');

function filesBelow(folder: string): SourceFile[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => {
      const name = path.posix.join(folder, file.split(path.sep).join('/'));
      const text = read(name);
      return { name, text, imports: importsOf(text) };
    });
}

/** Static imports and re-exports, and dynamic ones; an import of types alone is told apart. */
function importsOf(text: string): SourceFile['imports'] {
  const found = [
    ...text.matchAll(
      /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm,
    ),
  ];
  return found.map((match) => ({ from: match[2] ?? match[3] ?? match[4] ?? '', isType: match[1] !== undefined }));
}

const all = [...filesBelow('server'), ...filesBelow('shared'), ...filesBelow('demo'), ...filesBelow('tests')];
const isTest = ({ name }: SourceFile) => /\.test\.ts$|^tests\//.test(name);
const product = all.filter((file) => !isTest(file));
const names = (files: readonly SourceFile[]) => files.map((file) => file.name);
const folderOf = ({ name }: SourceFile) => name.split('/').slice(0, -1).join('/');

/** Files that break a rule; empty where all keep it. */
function offenders(
  files: readonly SourceFile[],
  breaks: (file: SourceFile) => boolean,
  except: readonly string[] = [],
): string[] {
  return names(files.filter((file) => breaks(file) && !except.includes(file.name)));
}

test('the files are found, so that the rules below can fail', () => {
  expect(product.length).toBeGreaterThan(80);
  expect(all.flatMap((file) => file.imports).length).toBeGreaterThan(300);
});

describe('folders', () => {
  /** Each noun has its folder with these roles; a pure module besides them is named here, and a sixth is a second noun. */
  const FEATURES: Readonly<Record<string, readonly string[]>> = {
    apiKeys: ['keyLookUp', 'keyUsage'],
    dataHealth: ['healthCounts'],
    exports: ['exportColumns', 'exportSlots', 'fineTuning'],
    jobs: ['jobRunner'],
    openapi: ['openApiDocument', 'schemaComponents'],
    organizations: [],
    pricing: [
      'billedCost',
      'callPrice',
      'builtinPrices',
      'call',
      'charges',
      'cost',
      'customPrices',
      'fees',
      'matchModel',
      'mediaCounts',
      'modelNames',
      'priceBook',
      'priceCorrections',
      'priceList',
      'providerNames',
      'repricing',
      'serviceTier',
      'tokenParts',
      'usageDetails',
      'usd',
    ],
    releases: ['figures', 'groups', 'intervals', 'sample', 'sampleSql'],
    requests: [
      'canonicalJson',
      'columns',
      'cutOffReasons',
      'deletion',
      'filters',
      'hashedText',
      'ofPayload',
      'querySql',
      'requestHashes',
      'sorting',
    ],
    savings: ['callsSql', 'look', 'period', 'prefixSaving'],
    search: [
      'grams',
      'indexer',
      'indexThread',
      'indexWorker',
      'searchedText',
      'segmentSearch',
      'signature',
      'slices',
      'wordsSql',
    ],
    session: [],
    sessions: [],
    signIn: [],
    rollups: ['checkRollups', 'histogram', 'histogramSql', 'rollUp', 'rollupUpdater'],
    stats: [
      'asked',
      'bucketsSql',
      'facetSql',
      'groupsSql',
      'seriesSql',
      'statsFilter',
      'stripBuckets',
      'sumsSql',
      'timeRange',
      'totalsSql',
      'window',
      'zonedBuckets',
    ],
    walk: ['walk'],
    traces: ['groupSources', 'traceSums'],
    users: [],
    values: ['valueSql'],
    views: [],
  };
  const ROLES = ['entity', 'repository', 'service', 'router'];
  const HOSTS = ['auth', 'db', 'http', 'ingest', 'otlp', 'rest', 'trpc'];

  test('of the server are nouns or hosts that we know', () => {
    const folders = new Set(
      all
        .map((file) => file.name.split('/'))
        .filter((parts) => parts.length > 2 && parts[0] === 'server')
        .map((parts) => parts[1] ?? ''),
    );
    expect([...folders].toSorted()).toEqual([...Object.keys(FEATURES), ...HOSTS].toSorted());
  });

  test.each(Object.entries(FEATURES))('%s holds its roles and %j', (feature, extra) => {
    const files = product
      .filter((file) => folderOf(file) === `server/${feature}`)
      .map((file) => path.basename(file.name, '.ts'));
    expect(files.filter((name) => ![...ROLES, ...extra].includes(name))).toEqual([]);
    expect(extra.filter((name) => !files.includes(name))).toEqual([]);
  });

  test('hold no barrel: a name is imported from where it is made', () => {
    expect(offenders(all, ({ name }) => name.endsWith('/index.ts'), ['server/db/migrations/index.ts'])).toEqual([]);
    expect(offenders(all, ({ text }) => /^export (\*|\{[^}]*\} from)/m.test(text))).toEqual([]);
  });

  test('hold no file beyond 400 lines: it has a second concept inside', () => {
    expect(offenders(all, ({ text }) => text.split('\n').length > 401)).toEqual([]);
  });

  test('name their files in camelCase', () => {
    const odd = /\/(issue-\d+-[a-z0-9-]+\.test|\d{4}-[a-z0-9-]+|[a-z][A-Za-z0-9]*(\.db|\.e2e)?(\.test)?)\.ts$/;
    expect(offenders(all, ({ name }) => !odd.test(name))).toEqual([]);
  });
});

describe('imports', () => {
  const imports = (file: SourceFile, pattern: RegExp, kind: 'any' | 'value' = 'any') =>
    file.imports.some(({ from, isType }) => pattern.test(from) && (kind === 'any' || !isType));
  const inFolder = (file: SourceFile, ...folders: string[]) =>
    folders.some((folder) => file.name.startsWith(`server/${folder}/`));

  test('of shared are zod, a distance of words, and shared', () => {
    expect(
      offenders(
        product.filter((file) => file.name.startsWith('shared/')),
        (file) => imports(file, /^(?!zod$|fastest-levenshtein$|\.\/|#shared\/)/),
      ),
    ).toEqual([]);
  });

  test('that cross a folder use the alias, so that they are seen at a glance', () => {
    const hostOf = (name: string) =>
      name
        .split('/')
        .slice(0, name.startsWith('server/') ? 2 : 1)
        .join('/');
    const leaves = (file: SourceFile) =>
      file.imports.some(
        ({ from }) => from.startsWith('../') && hostOf(path.posix.join(folderOf(file), from)) !== hostOf(file.name),
      );
    expect(offenders(product, leaves)).toEqual([]);
    // And within a folder they do not.
    const own = (file: SourceFile) =>
      imports(file, new RegExp(`^#${folderOf(file)}/[^/]+$`)) && folderOf(file) !== 'server';
    expect(offenders(product, own)).toEqual([]);
  });

  test('of the database driver are in db, entities, repositories and filters', () => {
    const mayQuery = (file: SourceFile) => inFolder(file, 'db') || /\/(entity|repository|filters)\.ts$/.test(file.name);
    expect(offenders(product, (file) => !mayQuery(file) && imports(file, /^(pg|typeorm)$/, 'value'))).toEqual([]);
    expect(
      offenders(product, (file) => !mayQuery(file) && imports(file, /^(pg|typeorm)$/), ['server/deps.ts']),
    ).toEqual([]);
  });

  test('of Express are in app, http and rest; of tRPC in trpc, where its types are not needed', () => {
    expect(
      offenders(product, (file) => !inFolder(file, 'http', 'rest') && imports(file, /^express$/, 'value'), [
        'server/app.ts',
      ]),
    ).toEqual([]);
    expect(offenders(product, (file) => !inFolder(file, 'trpc') && imports(file, /^@trpc\//, 'value'))).toEqual([]);
  });

  test('of a repository are made by its own service, the write path and deps', () => {
    const foreign = (file: SourceFile) =>
      file.imports.some(({ from, isType }) => {
        const feature = /^#server\/(\w+)\/repository$/.exec(from)?.[1];
        return feature !== undefined && !isType && !inFolder(file, feature, 'ingest', 'otlp');
      });
    expect(offenders(product, foreign, ['server/deps.ts'])).toEqual([]);
  });

  const ENTRANCES = /^#server\/(rest|trpc|http)\/|\/router$|^#server\/(app|main|startServer)$/;
  test.each([
    [
      'a service: its own repository and the services of others',
      /\/service\.ts$/,
      /^#server\/.*\/(repository|entity)$/,
    ],
    ['a service: nothing that calls services', /\/service\.ts$/, ENTRANCES],
    ['the write path and db: nothing that calls services', /^server\/(ingest|otlp|db)\//, ENTRANCES],
    [
      'a router, REST and tRPC: services alone',
      /\/router\.ts$|^server\/(rest|trpc)\//,
      /\/(repository|entity)(\.ts)?$/,
    ],
    ['a repository: SQL alone', /\/repository\.ts$/, /\/(service|router)(\.ts)?$|^#server\/(http|rest|trpc)\//],
  ])('of %s', (_, importer, imported) => {
    const importers = product.filter((file) => importer.test(file.name));
    expect(importers.length).toBeGreaterThan(3);
    expect(offenders(importers, (file) => imports(file, imported))).toEqual([]);
  });

  test('of what only tests, faults and the demo need are not in the product', () => {
    const served = product.filter((file) => !file.name.startsWith('demo/'));
    expect(offenders(served, (file) => imports(file, /^#(demo|tests)\/|^#?bench\//))).toEqual([]);
  });
});

describe('words that stay where they belong', () => {
  test('a scope is minted in auth alone', () => {
    expect(
      offenders(all, ({ name, text }) => /(Org|Admin)Scope\.mint\(/.test(text) && !name.startsWith('server/auth/'), [
        'tests/structure.test.ts',
        'server/db/insertRows.db.test.ts', // Rows of nobody, in a table of its own.
      ]),
    ).toEqual([]);
  });

  test('the environment is read where a process begins', () => {
    // The last one is a text that the demo's model reviews.
    const allowed = [
      'server/main.ts',
      'server/resetPassword.ts',
      'server/checkRollups.ts',
      'demo/main.ts',
      'demo/scenarios/codeChanges.ts',
    ];
    const reads = (file: SourceFile) =>
      /process\.env/.test(file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, ''));
    expect(offenders(product, reads, allowed)).toEqual([]);
  });

  test('SQL is run by repositories and db, and one ping', () => {
    const runs = (file: SourceFile) =>
      /\b(queryRows|\.query(<[^>]*>)?)\(/.test(file.text) && !file.name.startsWith('server/db/');
    const allowed = (name: string) => name.endsWith('/repository.ts') || name === 'server/http/health.ts';
    expect(
      offenders(product, (file) => runs(file) && !/\.query\(\(\{/.test(file.text)).filter((name) => !allowed(name)),
    ).toEqual([]);
  });

  test('what an organization reads goes by its share of the connections: `deps.reads.of(scope)`', () => {
    // A name that begins so reads; others change settings, on the connections that are kept for that.
    expect(
      offenders(product, ({ text }) => /\b(find|get|list|read|sum|count|measure)\w*\(\s*deps\.db,\s*scope/.test(text)),
    ).toEqual([]);
  });

  test('every exported query takes the proof of who asks, or is one of these', () => {
    const without = product
      .filter((file) => file.name.endsWith('/repository.ts'))
      .flatMap((file) => [...file.text.matchAll(/export (?:async )?function (\w+)\(([^)]*)\)/g)])
      .filter(
        ([, , parameters = '']) => !/scope: OrgScope|scopes: readonly OrgScope|_?admin: AdminScope/.test(parameters),
      )
      .map(([, name = '']) => name);
    expect(without.toSorted()).toEqual([
      'findKeyByHash', // What a scope is made from.
      'findSignInCode', // Likewise.
      'insertRequests', // Rows that `BinaryRowEncoder.encode` bound to a scope.
      'insertSpans',
      'insertWaiting',
      'listHashesOfUsedKeys', // Hashes alone, which prove nothing.
      'takeSignInCode', // What a scope is made from.
      'touchApiKeys', // Keys that proved themselves.
    ]);
  });

  test('no row is written by TypeORM, which would move one of another organization', () => {
    const writes = /\.(save|remove|softRemove|upsert)\(|\.orderBy\(|\.findBy\(\{\s*\}\)|getRepository\(/;
    expect(offenders(product, ({ text }) => writes.test(text))).toEqual([]);
  });

  test('no template puts a value into SQL: what is not a constant is bound', () => {
    const suspicious = product
      .filter((file) => /\/(repository|filters)\.ts$/.test(file.name))
      .flatMap((file) =>
        [...file.text.matchAll(/\$\{([^}]+)\}/g)].map(([, expression = '']) => `${file.name}: ${expression}`),
      )
      // Constants are in capitals or are lists of columns; the rest is a place of a bound value.
      .filter(
        (found) =>
          !/: ([A-Z_]+|\w*[Nn]ames|\w+RowType\.rowsSql|place|order|value|parameters\.bind\(.*|rollUp\(.*|(where|beyond|names)\.join\(.*|sums|whereFilters\(parameters.*|inOrderSql\(parameters.*|namedSql\(parameters.*|where|Object\.keys\(Span\.shape\)\.join\(.*|name|type|isBackward \? .*)$/.test(
            found,
          ),
      );
    expect(suspicious).toEqual([]);
  });

  test('no file names a path of somebody’s machine', () => {
    expect(
      offenders(all, ({ text }) => /\/(work|home\/\w+|Users\/\w+)\/(main|shared|\.library)/.test(text), [
        'tests/structure.test.ts',
      ]),
    ).toEqual([]);
  });

  test('nothing is exported by default but what Jest wants', () => {
    expect(
      offenders(all, ({ text }) => /^export default/m.test(text), [
        'tests/support/globalSetup.ts',
        'tests/support/globalTeardown.ts',
        'tests/e2e/globalSetup.ts',
        'tests/e2e/globalTeardown.ts',
      ]),
    ).toEqual([]);
  });
});

describe('lists that must be complete', () => {
  test('the version is that of package.json', () => {
    expect(VERSION).toBe(JSON.parse(read('package.json')).version);
  });

  test('every migration is in the list, in the order of its number and of its time', () => {
    const files = fs
      .readdirSync(path.join(ROOT, 'server/db/migrations'))
      .filter((name) => /^\d{4}-/.test(name))
      .toSorted();
    const imported = [...read('server/db/migrations/index.ts').matchAll(/from '\.\/(\d{4}-[^']+)'/g)].map(
      (match) => match[1],
    );
    expect(imported).toEqual(files);
    const numbers = files.map((name) => Number(name.slice(0, 4)));
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    const times = migrations.map((migration) => Number(/\d{13}$/.exec(migration.name)?.[0]));
    expect(times).toHaveLength(files.length);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    for (const Migration of migrations) {
      expect(new Migration().name).toBe(Migration.name);
      expect(Object.getOwnPropertyNames(Migration.prototype)).toEqual(expect.arrayContaining(['up', 'down']));
    }
  });

  test('every entity class is in the list', () => {
    const classes = product
      .filter((file) => file.name.endsWith('/entity.ts'))
      .flatMap((file) => [...file.text.matchAll(/^export class (\w+)/gm)].map((match) => match[1] ?? ''));
    expect(entities.map((entity) => entity.name).toSorted()).toEqual(classes.toSorted());
  });
});
