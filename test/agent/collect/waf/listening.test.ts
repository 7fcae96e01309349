import { expect, test } from 'vitest';
import { wafCollector } from '../../../../agent/collect/waf/index.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import { waf } from '../../../../policies/checks/waf.ts';
import type { WafFacts } from '../../../../policies/checks/waf/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { onLoopback, procNet } from '../proc-net.ts';

const dump = '# configuration file /etc/nginx/nginx.conf:\nhttp { server { listen 80; server_name a.example; } }\n';
const installed = { 'nginx -T -q': { stdout: dump } };
const listing = (program: string): Recording['commands'] => ({
  'ss -H -l -t -n -p': { stdout: `LISTEN 0 511 127.0.0.1:80 0.0.0.0:* users:(("${program}",pid=7,fd=6))\n` },
});

// A server that is installed and does not listen serves nothing; one that cannot be seen may be there.
test.each<[string, Recording['commands'], string[]]>([
  ['nginx, which listens', { ...installed, ...listing('nginx') }, ['waf.engine-off']],
  ['nginx beside LiteSpeed, which listens', { ...installed, ...listing('litespeed') }, ['waf.not-readable']],
  ['nginx, and nobody knows who listens', installed, ['waf.engine-off']],
  ['nothing, and nobody knows who listens', {}, ['waf.not-readable']],
  [
    'nginx, whose configuration may not be read',
    { 'nginx -T -q': { exitCode: 1, stderr: 'Permission denied' } },
    ['host.refused'],
  ],
])('a host with %s', async (_what, commands, codes) => {
  const host = new RecordedHost({ files: { '/proc/net/tcp': procNet(onLoopback(80)) }, commands: commands ?? {} });
  const facts = (await wafCollector.collect(collecting(host), {}, [{ engine: true }])) as WafFacts;
  expect(waf.judge(read(facts), { engine: true }, new Date()).map(({ code }) => code)).toEqual(codes);
});

test('a web server is not taken for who listens where it has no port', async () => {
  const files = { '/proc/net/tcp': procNet(onLoopback(2024)) };
  const facts = (await wafCollector.collect(collecting(new RecordedHost({ files, commands: installed })), {}, [
    { engine: true },
  ])) as WafFacts;
  expect(facts).toMatchObject({ servers: [], others: [] });
});

test('a host where nothing listens has nothing to protect', async () => {
  const host = new RecordedHost({ files: { '/proc/net/tcp': procNet() }, commands: installed });
  const facts = (await wafCollector.collect(collecting(host), {}, [{ engine: true }])) as WafFacts;
  expect(waf.judge(read(facts), { engine: true }, new Date()).map(({ code }) => code)).toEqual(['waf.no-web-server']);
});
