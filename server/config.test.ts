import os from 'node:os';
import path from 'node:path';
import { ConfigError, defaultIngestWorkers, loadConfig } from './config.ts';

test('an empty environment gives the documented defaults', () => {
  expect(loadConfig({})).toEqual({
    databaseUrl: null,
    dataDir: path.resolve('.promptlab'),
    apiKeyPrefix: 'pl_live_',
    port: 8_000,
    host: 'localhost',
    adminToken: null,
    basePath: '',
    trustProxy: false,
    logLevel: 'info',
    maxConnections: 5_000,
    failedAttemptsPerMinute: 20,
    drainMs: 3_000,
    searchMs: 300,
    usesSearchIndex: true,
    queueRows: 10_000,
    queueBytes: 32 * 1024 * 1024,
    ingestWorkers: defaultIngestWorkers(os.availableParallelism()),
    bodyBytesInFlight: 48 * 1024 * 1024,
    otlpBodyBytes: 20 * 1024 * 1024,
    answerBytesInFlight: 32 * 1024 * 1024,
    allowUnsafeDatabase: false,
  });
});

test.each([
  [1, 0],
  [2, 0],
  [3, 2],
  [64, 2],
])('with %i cores %i threads read bodies', (cores, threads) => {
  expect(defaultIngestWorkers(cores)).toBe(threads);
});

test('an empty variable counts as not set, and others are not looked at', () => {
  expect(loadConfig({ PORT: '', HOST: '', DATABASE_URL: '', API_KEY_PREFIX: '', BASE_PATH: '', SECRET: 'x' })).toEqual(
    loadConfig({}),
  );
});

test('an empty PROMPTLAB_ADMIN_TOKEN is refused: it was meant to close a door', () => {
  expect(() => loadConfig({ PROMPTLAB_ADMIN_TOKEN: '' })).toThrow(
    /PROMPTLAB_ADMIN_TOKEN must be at least 16 characters/,
  );
});

test.each<[string, string, object]>([
  ['DATABASE_URL', 'postgres://u:p%40ss@h:5432/db', { databaseUrl: 'postgres://u:p%40ss@h:5432/db' }],
  ['DATABASE_URL', 'postgresql://h/db?sslmode=require', { databaseUrl: 'postgresql://h/db?sslmode=require' }],
  ['PROMPTLAB_DATA_DIR', '/data', { dataDir: '/data' }],
  ['API_KEY_PREFIX', 'acme_prod_', { apiKeyPrefix: 'acme_prod_' }],
  ['PORT', '0', { port: 0 }],
  ['PORT', '65535', { port: 65_535 }],
  ['BASE_PATH', '/', { basePath: '' }],
  ['BASE_PATH', '/promptlab', { basePath: '/promptlab' }],
  ['BASE_PATH', '/.tools/lab..v2', { basePath: '/.tools/lab..v2' }],
  ['BASE_PATH', '/tools/promptlab/', { basePath: '/tools/promptlab' }],
  ['TRUST_PROXY', '1', { trustProxy: 1 }],
  ['TRUST_PROXY', 'loopback', { trustProxy: 'loopback' }],
  ['TRUST_PROXY', '10.0.0.0/8, ::1, uniquelocal', { trustProxy: '10.0.0.0/8, ::1, uniquelocal' }],
  ['PROMPTLAB_ADMIN_TOKEN', 'an-admin-token/+=16', { adminToken: 'an-admin-token/+=16' }],
  ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['DRAIN_MS', '0', { drainMs: 0 }],
  ['INGEST_WORKERS', '0', { ingestWorkers: 0 }],
  ['INGEST_WORKERS', '4', { ingestWorkers: 4 }],
  ['INGEST_QUEUE_MB', '1', { queueBytes: 1024 * 1024 }],
  ['PROMPTLAB_ALLOW_UNSAFE_DB', '1', { allowUnsafeDatabase: true }],
])('%s=%s is taken', (name, value, expected) => {
  expect(loadConfig({ [name]: value })).toMatchObject(expected);
});

test.each([
  ['DATABASE_URL', 'mysql://localhost/db', 'must be a Postgres URL'],
  ['DATABASE_URL', 'localhost:5432', 'must be a Postgres URL'],
  ['DATABASE_URL', 'postgres://user:pa ss/word@[host/db', 'must be a Postgres URL'],
  ['DATABASE_URL', 'postgres://user:50%off@host/db', 'must be a Postgres URL'],
  ['API_KEY_PREFIX', 'pl_live', 'must be letters, digits and underscores that end in "_"'],
  ['API_KEY_PREFIX', 'has space_', 'must be letters'],
  ['PORT', 'http', 'must be a whole number from 0 to 65535'],
  ['PORT', '65536', 'must be a whole number from 0 to 65535'],
  ['PORT', '-1', 'must be a whole number from 0 to 65535'],
  ['PORT', '80.5', 'must be a whole number from 0 to 65535'],
  ['PORT', ' ', 'must be a whole number from 0 to 65535'],
  ['PORT', '0x50', 'must be a whole number from 0 to 65535'],
  ['PROMPTLAB_ADMIN_TOKEN', 'short', 'must be at least 16 characters'],
  ['PROMPTLAB_ADMIN_TOKEN', 'with a space inside', 'must be ASCII letters, digits and signs'],
  ['PROMPTLAB_ADMIN_TOKEN', 'with,a,comma,inside', 'must be ASCII letters, digits and signs'],
  ['PROMPTLAB_ADMIN_TOKEN', 'ünïcödé-tökén-16', 'must be ASCII letters, digits and signs'],
  ['BASE_PATH', 'promptlab', 'must be a path such as /promptlab'],
  ['BASE_PATH', '/..', 'must be a path such as /promptlab'],
  ['BASE_PATH', '/tools/../lab', 'must be a path such as /promptlab'],
  ['BASE_PATH', '/./lab/', 'must be a path such as /promptlab'],
  ['BASE_PATH', '/.../lab', 'must be a path such as /promptlab'],
  ['BASE_PATH', '/a b', 'must be a path such as /promptlab'],
  ['BASE_PATH', '//evil.com', 'must be a path such as /promptlab'],
  ['BASE_PATH', '/<script>', 'must be a path such as /promptlab'],
  ['TRUST_PROXY', 'true', 'must be a number of hops'],
  ['TRUST_PROXY', '...', 'must be a number of hops'],
  ['TRUST_PROXY', '0.0.0.0/0', 'must be a number of hops'],
  ['TRUST_PROXY', '10.0.0.1, ::/0', 'must be a number of hops'],
  ['TRUST_PROXY', '10.0.0.0/00', 'must be a number of hops'],
  ['TRUST_PROXY', '10.0.0.0/33', 'must be a number of hops'],
  ['TRUST_PROXY', '10.0.0.1,', 'must be a number of hops'],
  ['LOG_LEVEL', 'loud', 'must be one of fatal, error'],
  ['INGEST_QUEUE_ROWS', '0', 'must be a whole number from 1'],
  ['INGEST_WORKERS', '17', 'must be a whole number from 0 to 16'],
  ['BODIES_IN_FLIGHT_MB', '1', 'must be a whole number from 10'],
  ['PROMPTLAB_ALLOW_UNSAFE_DB', 'yes', 'must be 0 or 1'],
])('%s=%s is refused in one line that names it and what it accepts', (name, value, rule) => {
  const load = () => loadConfig({ [name]: value });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(new RegExp(`^${name} ${rule.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}[^\n]*\\.$`));
});

test('every variable at fault is named at once', () => {
  expect(() => loadConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/^PORT .*\.\nLOG_LEVEL .*\.$/);
});

test('no message repeats a secret', () => {
  expect(() => loadConfig({ DATABASE_URL: 'mysql://u:hunter2@h/db' })).not.toThrow(/hunter2/);
});
