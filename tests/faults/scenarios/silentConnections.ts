/**
 * The connections to Postgres fall silent, as when a firewall drops them: they are given up, and new ones are made. Its own
 * control: where new connections are silent too, nothing may be seen to heal.
 */
import { HEALED_WITHIN_MS, Healing } from '../healing.ts';
import { type Scenario, concludeFault } from '../scenario.ts';
import { TcpProxy } from '../tcpProxy.ts';

const CONTROL_MS = 4_000;
/** Three that read, the writers of a workload, and the look-up of keys. */
const LEAST_CONNECTIONS = 6;

export const silentConnections: Scenario = {
  name: 'silent',
  title: 'connections to Postgres fall silent and are never closed',
  environment: { proxyTo: (targetPort) => new TcpProxy({ targetPort }) },
  async run(environment) {
    const { proxy } = environment;
    if (!proxy) throw new Error('This fault is played through a proxy.');
    const workload = environment.createWorkload();
    workload.start();
    const healing = new Healing(environment, workload).start();
    await workload.untilAcked(100);
    const extra: string[] = [];

    const silenced = proxy.silence();
    if (silenced < LEAST_CONNECTIONS) extra.push(`only ${silenced} connections were there to fall silent`);
    const [first, slow] = await Promise.all([healing.untilHealed(HEALED_WITHIN_MS), healing.findSlowKeyLookUp(401)]);
    extra.push(...slow);
    if (first === null) extra.push(`not well again ${HEALED_WITHIN_MS} ms after the connections fell silent`);

    proxy.isSilentToNew = true;
    proxy.silence();
    const [control, refused] = await Promise.all([healing.untilHealed(CONTROL_MS), healing.findSlowKeyLookUp(503)]);
    extra.push(...refused);
    if (control !== null) extra.push('it was seen to heal without any connection');
    proxy.isSilentToNew = false;
    const second = await healing.untilHealed(HEALED_WITHIN_MS);
    if (second === null) extra.push(`not well again ${HEALED_WITHIN_MS} ms after new connections worked`);

    await healing.stop();
    await workload.stop();
    return concludeFault(environment, [workload], { extra, note: `well again after ${first} and ${second} ms` });
  },
};
