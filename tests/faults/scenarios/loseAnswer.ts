/** The answer is lost after the work was done: the caller sends it again, and it is stored once. */
import type { TestEnvironment } from '../environment.ts';
import { type Workload, LOG_MARK } from '../workload.ts';
import { type Outcome, type Scenario, concludeFault } from '../scenario.ts';
import { TcpProxy } from '../tcpProxy.ts';

const LOST_ANSWERS = 5;

/** PostgreSQL manual 54.7: ReadyForQuery, idle, so nothing is open: what was written has been committed. */
const READY_AND_IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export const loseCommitAnswer: Scenario = {
  name: 'lost-commit',
  title: 'the connection to Postgres breaks after COMMIT, before its answer',
  environment: {
    proxyTo: (targetPort) =>
      new TcpProxy({
        targetPort,
        isWhole: isCommitted,
        isLost: ({ greeting, request, answer }) =>
          greeting.includes('promptlab-writer') && request.includes(LOG_MARK) && isCommitted(answer),
      }),
  },
  run: (environment) => playLoss(environment, environment.createWorkload(), environment.proxy),
};

export const loseHttpAnswer: Scenario = {
  name: 'lost-answer',
  title: "the server's answer is lost on its way to the caller",
  async run(environment) {
    const proxy = new TcpProxy({
      targetPort: environment.server.port,
      isWhole: () => true,
      isLost: ({ answer }) => answer.subarray(0, 12).toString() === 'HTTP/1.1 201',
    });
    const workload = environment.createWorkload(16, `http://127.0.0.1:${await proxy.listen()}`);
    try {
      return await playLoss(environment, workload, proxy);
    } finally {
      await proxy.close();
    }
  },
};

function isCommitted(answer: Buffer): boolean {
  return answer.includes(READY_AND_IDLE);
}

async function playLoss(environment: TestEnvironment, workload: Workload, proxy: TcpProxy | null): Promise<Outcome> {
  workload.start();
  await workload.untilAcked(50);
  proxy?.loseNext(LOST_ANSWERS);
  await workload.untilAcked(200);
  await workload.stop();
  const lost = proxy?.lost ?? 0;
  const extra: string[] = [];
  if (lost < LOST_ANSWERS) extra.push(`only ${lost} answers were lost`);
  if (workload.duplicates < lost) extra.push(`${workload.duplicates} duplicates were told for ${lost} lost answers`);
  return concludeFault(environment, [workload], {
    extra,
    note: `${lost} lost, ${workload.duplicates} told as duplicate`,
  });
}
