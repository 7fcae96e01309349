import { describe, expect, test } from 'vitest';
import { readCaa } from '../../../../agent/collect/certificate/caa.ts';
import { certificateCollector } from '../../../../agent/collect/certificate.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { certificate } from '../../../../policies/checks/certificate.ts';
import type { AllCertificates } from '../../../../policies/checks/certificate/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { makeCertificate } from '../../../support/certificates.ts';
import { collecting } from '../../../support/collecting.ts';
import { startNginx } from '../../../support/nginx.ts';
import { freePort } from '../../../support/process.ts';
import { startNsd } from '../../../support/servers/nsd.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { procNet } from '../proc-net.ts';

const signal = AbortSignal.timeout(30_000);

function asked(names: readonly string[]): AllCertificates['endpoints'] {
  return names.map((name) => ({
    endpoint: '192.0.2.1:443',
    name,
    origin: 'settings',
    speaks: 'tls',
    served: [],
    unanswered: [],
  }));
}

test('two thousand names below one domain ask for it once, and stop where records are', async () => {
  const host = new RecordedHost({ caa: {} });
  const questions: string[] = [];
  host.caaRecords = (name) => {
    questions.push(name);
    if (name !== 'shop.nl') return Promise.resolve(read({ found: 'no-such-name' }));
    return Promise.resolve(
      read({ found: 'records', records: [{ critical: false, tag: 'issue', value: 'ca.example' }] }),
    );
  };
  const names = Array.from({ length: 2000 }, (_, n) => `w${n}.shop.nl`);
  const facts = await readCaa(host, asked(names), { signal });
  expect(questions.sort()).toEqual([...names, 'shop.nl'].sort());
  expect(facts.map(({ domain }) => domain)).toEqual(questions.sort());
});

test('nobody is asked for internal names', async () => {
  expect(await readCaa(new RecordedHost({}), asked(['mail', 'db.internal', '192.0.2.1']), { signal })).toEqual([]);
});

describe.skipIf(['nginx', 'nsd', 'openssl'].some((name) => tool(name) === undefined))('with nginx and NSD', () => {
  test('every name of a certificate is looked up, only where a control asks, at the resolver of agent.yaml', async () => {
    using folder = temporaryFolder();
    const dns = await freePort();
    const zones = { nl: ['shop CAA 0 issue "ca.example"', 'www.shop A 192.0.2.1', 'open A 192.0.2.1'] };
    await using _nsd = await startNsd({ port: dns, zones });
    const names = ['www.shop.nl', '*.shop.nl', 'www.open.nl', 'db.internal', 'elsewhere.org'];
    const pair = makeCertificate(folder.path, { name: 'a', key: 'ec:prime256v1', validSeconds: 86_400, names });
    await using nginx = await startNginx({ servers: [{ at: 'web', certificates: [pair] }] });

    const settings = {
      endpoints: [{ host: '127.0.0.1', port: nginx.port('web') }],
      resolvers: [`127.0.0.1:${dns}`],
    };
    const local = new LocalHost();
    const host = new RecordedHost({ files: { '/proc/net/tcp': procNet() } });
    host.connect = local.connect.bind(local);
    host.caaRecords = local.caaRecords.bind(local);
    const facts = await certificateCollector.collect(collecting(host), settings, [{ caa: true }, {}]);
    const judged = certificate.judge(read(JSON.parse(JSON.stringify(facts))), { caa: true }, new Date());
    const lines = judged.filter(({ subject }) => subject !== undefined && !subject.startsWith('127'));
    expect(lines.map(({ verdict, code, subject }) => `${subject} ${verdict} ${code}`)).toEqual([
      '*.shop.nl pass certificate.caa',
      'db.internal not-applicable certificate.caa-internal',
      'elsewhere.org unknown host.command-failed',
      'www.open.nl fail certificate.caa-missing',
      'www.shop.nl pass certificate.caa',
    ]);
    const again = await certificateCollector.collect(collecting(host), settings, [{ caa: true }]);
    expect(JSON.stringify(again)).toBe(JSON.stringify(facts));
    expect(await certificateCollector.collect(collecting(host), settings, [{}])).not.toHaveProperty('caa');
  });
});

test('a resolver is an address, with a port or without', () => {
  const parse = (resolver: string): boolean =>
    certificateCollector.settings.safeParse({ resolvers: [resolver] }).success;
  for (const good of ['192.0.2.53', '192.0.2.53:5353', '2001:db8::53', '[2001:db8::53]:5353'])
    expect(parse(good)).toBe(true);
  for (const bad of ['', 'dns.example.nl', '192.0.2.53:0', '192.0.2.53:65536', '[192.0.2.1', ':53']) {
    expect(parse(bad), bad).toBe(false);
  }
});
