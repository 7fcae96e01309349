/**
 * Several agents in one process that report as fast as they can, for the killing test.
 * Arguments: the folder that holds their data folders, then their names. Each proof is a line of JSON on standard
 * output: agent, seq, index. SIGTERM: no new reports; ends with 0 when all that wait have been delivered.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { agentOn, passwordFiles } from './road.ts';

const [folder = '', ...names] = process.argv.slice(2);
const maximumWaiting = 40;
let isStopping = false;
process.on('SIGTERM', () => (isStopping = true));

async function drive(name: string): Promise<void> {
  const files = passwordFiles(new Date());
  using agent = agentOn(join(folder, name), {
    host: new RecordedHost({ hostname: name, files }),
    log: pino({ base: { agent: name } }),
  });
  for (let run = 0; ; run++) {
    // Some reports change what was read, most do not.
    if (run % 5 === 0) Object.assign(files, passwordFiles(new Date(Date.now() - (run % 300) * 86_400_000)));
    if (!isStopping && agent.spool.length < maximumWaiting) await agent.runOnce();
    const { state } = await agent.deliverAll();
    if (state === 'refused') process.exitCode = 1;
    if (state === 'empty' && isStopping) return;
    if (state !== 'empty') await sleep(20);
  }
}

await Promise.all(names.map(drive));
