/** Jobs: deleting what matches, exactly and resumably, by whoever holds the lease. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobId } from '#shared/job';
import { scopeForAdmin } from '#server/auth/scopeForAdmin';
import { serverAdminScope } from '#server/auth/serverAdminScope';
import { newId } from '#server/ids';
import { JobRunner, type JobStep } from '#server/jobs/jobRunner';
import { findJob, insertJob } from '#server/jobs/repository';
import { createLogger } from '#server/log';
import { aLogInput, aSpanInput } from '#tests/support/factories';
import { expectContract, expectError } from '#tests/support/expectContract';
import { startTestApp, type TestApp } from '#tests/support/testApp';

let app: TestApp;
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.stop());

async function log(count: number, fields: object, key = app.orgA.key): Promise<void> {
  const logs = Array.from({ length: count }, () =>
    aLogInput({ input_tokens: 10, output_tokens: 5, latency_ms: 100, ...fields }),
  );
  const { status } = await app.call('POST', '/api/v1/logs', { body: { logs }, key });
  expect(status).toBe(201);
}

const stats = async (query = '', key = app.orgA.key) => (await app.call('GET', `/api/v1/stats${query}`, { key })).body;

async function untilEnded(id: string): Promise<Job> {
  for (let tries = 0; tries < 200; tries++) {
    const { body } = await app.call('GET', `/api/v1/jobs/${id}`);
    if (body.finished_at !== null) return body;
    await sleep(50);
  }
  throw new Error('The job did not end within 10 s.');
}

test('deletes all that match and nothing else, with exact sums and an exact count', async () => {
  await log(700, { model: 'gpt-4o', provider: 'openai' });
  await log(30, { model: 'gpt-4o', provider: 'openai', status: 'error' });
  await log(40, { model: 'other', provider: 'openai' });
  await log(20, { model: 'gpt-4o', provider: 'openai' }, app.orgB.key);
  const of = await stats('', app.orgB.key);

  const created = await app.call('DELETE', '/api/v1/requests?model=gpt-4o');
  expectContract('deleteRequests', created);
  expect(created.body).toMatchObject({ kind: 'delete_requests', input: { model: 'gpt-4o' }, done: 0 });
  expect(await untilEnded(created.body.id)).toMatchObject({ status: 'done', done: 730, total: 730, error: null });

  // The sums by hour, of which the unfiltered totals are made, and the rows themselves say the same.
  const { avg_latency_ms: _, ...rest } = await stats();
  const { avg_latency_ms: __, ...counted } = await stats('?model=other');
  expect(rest).toEqual(counted);
  expect(rest).toMatchObject({ requests: 40, errors: 0, input_tokens: 400, output_tokens: 200 });
  expect(await stats('?model=gpt-4o')).toMatchObject({ requests: 0 });
  const [payloads] = await app.deps.db.query('SELECT count(*) AS count FROM request_payloads WHERE org_id = $1', [
    app.orgA.id,
  ]);
  expect(payloads.count).toBe(40);
  expect(await stats('', app.orgB.key)).toEqual(of);
});

test('goes on where another call deletes a row of its batch at the same time', async () => {
  const id = newId();
  // Of the first batch, since it is the oldest.
  await log(1, { id, model: 'm', started_at: '2026-01-01T00:00:00Z' });
  await log(700, { model: 'm' });
  const other = app.deps.db.createQueryRunner();
  await other.startTransaction();
  await other.query('DELETE FROM requests WHERE id = $1', [id]);
  const created = await app.call('DELETE', '/api/v1/requests?model=m');
  await sleep(1_000);
  await other.commitTransaction();
  await other.release();
  expect(await untilEnded(created.body.id)).toMatchObject({ status: 'done', done: 700 });
  const [rows] = await app.deps.db.query('SELECT count(*) AS count FROM requests');
  expect(rows.count).toBe(0);
});

test('deletes the spans of more than one batch', async () => {
  const spans = Array.from({ length: 600 }, () => aSpanInput({ trace_id: 'gone' }));
  await app.call('POST', '/api/v1/spans', { body: { spans } });
  await app.call('POST', '/api/v1/spans', { body: { spans: [aSpanInput({ trace_id: 'kept' })] } });
  await untilEnded((await app.call('DELETE', '/api/v1/requests?trace_id=gone')).body.id);
  expect(await app.deps.db.query('SELECT DISTINCT trace_id FROM spans')).toEqual([{ trace_id: 'kept' }]);
});

test('deletes the spans that the filter matches, and none by a filter that spans do not know', async () => {
  const spans = (trace_id: string) => ({ spans: [aSpanInput({ trace_id }), aSpanInput({ trace_id })] });
  await app.call('POST', '/api/v1/spans', { body: spans('gone') });
  await app.call('POST', '/api/v1/spans', { body: spans('kept') });
  await log(3, { trace_id: 'gone' });
  await log(3, { trace_id: 'kept', model: 'rare' });

  await untilEnded((await app.call('DELETE', '/api/v1/requests?trace_id=gone')).body.id);
  expect((await app.call('GET', '/api/v1/traces/gone')).status).toBe(404);
  await untilEnded((await app.call('DELETE', '/api/v1/requests?model=rare')).body.id);
  const { body } = await app.call('GET', '/api/v1/traces/kept');
  expect([body.spans.length, body.requests.length]).toEqual([2, 0]);
});

test('a log that comes after the job was made stays', async () => {
  await log(2, { model: 'm' });
  const created = await app.call('DELETE', '/api/v1/requests?model=m');
  await log(1, { model: 'm' });
  await untilEnded(created.body.id);
  expect((await stats('?model=m')).requests).toBe(1);
});

test('without a filter it wants to hear that all are meant', async () => {
  await log(2, {});
  expectError(await app.call('DELETE', '/api/v1/requests'), 'invalid_value', { param: 'all' });
  const created = await app.call('DELETE', '/api/v1/requests?all=true');
  expect(await untilEnded(created.body.id)).toMatchObject({ status: 'done', done: 2 });
  expect(await stats()).toMatchObject({ requests: 0, cost_usd: '0', avg_latency_ms: null });
});

test('one request is deleted by its id, once', async () => {
  const id = newId();
  await log(1, {});
  await app.call('POST', '/api/v1/logs', { body: aLogInput({ id }) });
  expectContract('deleteRequest', await app.call('DELETE', `/api/v1/requests/${id}`));
  expectError(await app.call('DELETE', `/api/v1/requests/${id}`), 'not_found');
  expectError(await app.call('GET', `/api/v1/requests/${id}`), 'not_found');
  expect((await stats()).requests).toBe(1);
});

test('more than twenty unfinished jobs of one organization are refused', async () => {
  await app.deps.jobs.stop();
  const made = [];
  for (let index = 0; index < 21; index++) made.push(await app.call('DELETE', '/api/v1/requests?model=m'));
  expect(made.slice(0, 20).every(({ status }) => status === 202)).toBe(true);
  expectError(made[20] as (typeof made)[0], 'conflict');
});

describe('the lease', () => {
  const admin = serverAdminScope();
  const scopeA = () => scopeForAdmin(admin, app.orgA.id);

  function runner(step: JobStep, leaseSeconds = 1): JobRunner {
    return new JobRunner({
      db: app.deps.db,
      steps: { delete_requests: step, reprice_requests: step },
      admin,
      scopeOf: (job) => scopeForAdmin(admin, job.org_id),
      id: newId(),
      log: createLogger('silent'),
      timing: { leaseSeconds, pollMs: 50, pauseMs: 0, retrySeconds: 0 },
    });
  }

  async function aJob(): Promise<JobId> {
    await app.deps.jobs.stop();
    const id = newId() as JobId; // A UUID of our own making.
    await insertJob(app.deps.db, scopeA(), { id, kind: 'delete_requests', input: {}, created_at: new Date() });
    return id;
  }

  const until = async (condition: () => Promise<boolean>) => {
    for (let tries = 0; tries < 200; tries++) {
      if (await condition()) return;
      await sleep(25);
    }
    throw new Error('It did not happen within 5 s.');
  };
  const statusOf = async (id: JobId) => (await findJob(app.deps.db, scopeA(), id))?.status;

  /** Counts to ten, a step each, and writes down who did which. */
  const counting =
    (steps: string[], name: string): JobStep =>
    async (_tx, _scope, job) => {
      steps.push(`${name}${job.done}`);
      return { done: job.done + 1, total: 10, state: null, isFinished: job.done === 9 };
    };

  test('however many jobs one organization has, another has the next turn', async () => {
    for (let count = 0; count < 5; count++) await aJob();
    const scopeB = scopeForAdmin(admin, app.orgB.id);
    const id = newId() as JobId; // A UUID of our own making.
    await insertJob(app.deps.db, scopeB, { id, kind: 'delete_requests', input: {}, created_at: new Date() });
    const turns: string[] = [];
    const one = runner(async (_tx, { org_id }, job) => {
      turns.push(org_id);
      return { done: job.done + 1, total: 1, state: null, isFinished: true };
    });
    one.start();
    await until(async () => turns.length === 6);
    await one.stop();
    const { orgA, orgB } = app;
    expect(turns).toEqual([orgA.id, orgB.id, orgA.id, orgA.id, orgA.id, orgA.id]);
  });

  test('two runners share the work and do no step twice', async () => {
    const id = await aJob();
    const steps: string[] = [];
    const runners = [runner(counting(steps, 'a')), runner(counting(steps, 'b'))];
    for (const one of runners) one.start();
    await until(async () => (await statusOf(id)) === 'done');
    await Promise.all(runners.map((one) => one.stop()));
    expect(steps.map((step) => Number(step.slice(1)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('of a runner that hangs expires, another goes on, and what the first does late is not committed', async () => {
    const id = await aJob();
    let letGo: () => void = () => {};
    const hanging = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const first = runner(async (_tx, _scope, job) => {
      if (job.done === 3) {
        // It hangs for longer than its lease; Postgres ends its transaction, and with it the lock on the job.
        await hanging;
      }
      return { done: job.done + 1, total: 10, state: null, isFinished: false };
    });
    first.start();
    await until(async () => (await findJob(app.deps.db, scopeA(), id))?.done === 3);
    const steps: string[] = [];
    const second = runner(counting(steps, 'b'));
    second.start();
    await until(async () => (await statusOf(id)) === 'done');
    letGo();
    await Promise.all([first.stop(), second.stop()]);
    expect(steps[0]).toBe('b3');
    expect(await findJob(app.deps.db, scopeA(), id)).toMatchObject({ status: 'done', done: 10 });
  });

  test('a running job stops when it is canceled, and keeps what it has done', async () => {
    const id = await aJob();
    const endless = runner(async (_tx, _scope, job) => ({
      done: job.done + 1,
      total: null,
      state: null,
      isFinished: false,
    }));
    endless.start();
    await until(async () => ((await findJob(app.deps.db, scopeA(), id))?.done ?? 0) > 2);
    expect((await app.call('DELETE', `/api/v1/jobs/${id}`)).status).toBe(200);
    await until(async () => (await statusOf(id)) === 'canceled');
    await endless.stop();
    expect((await findJob(app.deps.db, scopeA(), id))?.done).toBeGreaterThan(2);
  });

  test('a queued job is canceled at once', async () => {
    const id = await aJob();
    const canceled = await app.call('DELETE', `/api/v1/jobs/${id}`);
    expect(canceled.body).toMatchObject({ status: 'canceled', finished_at: expect.any(String) });
  });

  test('a job that ends while it is canceled is answered as it ended', async () => {
    const id = await aJob();
    const { canceled } = await app.deps.db.transaction(async (tx) => {
      await tx.query("UPDATE jobs SET status = 'done', finished_at = now() WHERE org_id = $1 AND id = $2", [
        app.orgA.id,
        id,
      ]);
      const canceling = app.call('DELETE', `/api/v1/jobs/${id}`);
      await until(async () => {
        const [{ count }] = await app.deps.db.query(
          "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return count > 0;
      });
      return { canceled: canceling };
    });
    expect(await canceled).toMatchObject({ status: 200, body: { id, status: 'done' } });
  });

  test('a job whose steps fail again and again has failed, and says so', async () => {
    const id = await aJob();
    const failing = runner(() => Promise.reject(new Error('secret detail of the database')));
    failing.start();
    await until(async () => (await statusOf(id)) === 'failed');
    await failing.stop();
    expect((await findJob(app.deps.db, scopeA(), id))?.error).toBe('It stopped several times without getting further.');
  });
});
