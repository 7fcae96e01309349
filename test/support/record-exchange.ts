/**
 * Records what an agent of this version sends to its collector, for `test/collector/ingest/earlier-agents.test.ts`. Run it
 * when a version is released: `node test/support/record-exchange.ts > test/fixtures/exchange/VERSION.json`.
 */
import { join } from 'node:path';
import { enrol } from '../../agent/enrol.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { agentVersion } from '../../agent/version.ts';
import { falseCollector, passOn } from './false-collector.ts';
import { agentOn, collectorOn, passwordFiles } from './road.ts';
import { temporaryFolder } from './tools.ts';

const day = 86_400_000;

using folder = temporaryFolder();
await using real = await collectorOn(join(folder.path, 'collector'));
await using middle = await falseCollector((path, body) => passOn(real, path, body));
const agent = 'recorded.example.nl';
const token = real.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, new Date()).secret;
const data = join(folder.path, 'agent');
await enrol({ collector: middle.url, token, agent, data });
// Two reports, of which the second finds something else and leaves out what the collector has.
for (const changed of [new Date(), new Date(Date.now() - 400 * day)]) {
  const host = new RecordedHost({ hostname: 'recorded', files: passwordFiles(changed) });
  using reporter = agentOn(data, { host }, middle.url);
  await reporter.runOnce();
  await reporter.deliverAll();
}
{
  using reporter = agentOn(data, {}, middle.url);
  await reporter.rotateKey();
}
const asked = middle.asked.map(({ path, body }) => ({ path, body }));
process.stdout.write(
  `${JSON.stringify({ version: agentVersion, at: new Date().toISOString(), agent, asked }, undefined, 1)}\n`,
);
