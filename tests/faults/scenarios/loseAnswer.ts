/** The answer is lost after the work was done: the caller sends it again, and it is stored once. */
import { type Bed, makeBed } from '../bed.ts';
import { type Driver, LOG_MARK } from '../driver.ts';
import { type Outcome, type Scenario, concludeFault } from '../scenario.ts';
import { TcpProxy } from '../tcpProxy.ts';

const LOST_ANSWERS = 5;

/** PostgreSQL manual 54.7: ReadyForQuery, idle, so nothing is open: what was written has been committed. */
const READY_AND_IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export const loseCommitAnswer: Scenario = {
  name: 'lost-commit',
  title: 'the connection to Postgres breaks after COMMIT, before its answer',
  make: () =>
    makeBed({
      proxyTo: (targetPort) =>
        new TcpProxy({
          targetPort,
          isWhole: isCommitted,
          isLost: ({ greeting, request, answer }) =>
            greeting.includes('promptlab-writer') && request.includes(LOG_MARK) && isCommitted(answer),
        }),
    }),
  play: (bed) => playLoss(bed, bed.makeDriver(), bed.proxy),
};

export const loseHttpAnswer: Scenario = {
  name: 'lost-answer',
  title: "the server's answer is lost on its way to the caller",
  async play(bed) {
    const proxy = new TcpProxy({
      targetPort: bed.server.port,
      isWhole: () => true,
      isLost: ({ answer }) => answer.subarray(0, 12).toString() === 'HTTP/1.1 201',
    });
    const driver = bed.makeDriver(16, `http://127.0.0.1:${await proxy.listen()}`);
    try {
      return await playLoss(bed, driver, proxy);
    } finally {
      await proxy.close();
    }
  },
};

function isCommitted(answer: Buffer): boolean {
  return answer.includes(READY_AND_IDLE);
}

async function playLoss(bed: Bed, driver: Driver, proxy: TcpProxy | null): Promise<Outcome> {
  driver.start();
  await driver.untilAcked(50);
  proxy?.loseNext(LOST_ANSWERS);
  await driver.untilAcked(200);
  await driver.stop();
  const lost = proxy?.lost ?? 0;
  const extra: string[] = [];
  if (lost < LOST_ANSWERS) extra.push(`only ${lost} answers were lost`);
  if (driver.duplicates < lost) extra.push(`${driver.duplicates} duplicates were told for ${lost} lost answers`);
  return concludeFault(bed, [driver], { extra, note: `${lost} lost, ${driver.duplicates} told as duplicate` });
}
