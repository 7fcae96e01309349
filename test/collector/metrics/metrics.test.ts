import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalHost } from '../../../agent/host/local.ts';
import { familyNames } from '../../../collector/metrics/families.ts';
import { loadPolicy } from '../../../policies/load.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { startNginx } from '../../support/nginx.ts';
import { collectorOn, enrolAgentAt } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { anchorsIn, logKeyIn, witnessed, witnessOf } from '../../support/witness.ts';

const day = 86_400_000;
const missing = ['nginx', 'openssl', 'promtool'].filter((name) => tool(name) === undefined);

describe.skipIf(missing.length > 0)('the metrics of a real host', () => {
  it('are accepted by promtool without a remark, and have every family that this host can give', async () => {
    using folder = temporaryFolder();
    const certificate = makeCertificate(folder.path, { name: 'web', key: 'rsa:2048', validSeconds: (90 * day) / 1000 });
    await using nginx = await startNginx({ servers: [{ at: 'web', certificates: [certificate] }] });
    const archives = join(folder.path, 'archives');
    mkdirSync(archives);
    for (const days of [0, 1, 3]) {
      const date = new Date(Date.now() - days * day).toISOString().slice(0, 10);
      writeFileSync(join(archives, `db-${date}.sql`), 'x'.repeat(5000));
    }
    const log = join(folder.path, 'collector');
    await using witness = await witnessOf(await logKeyIn(log), join(folder.path, 'witness'));
    await using collector = await collectorOn(log, {
      config: { hosts: ['never.example.nl'], ...witnessed('1s', witness) },
    });
    const data = join(folder.path, 'agent');
    using agent = await enrolAgentAt(collector, data, 'web1.example.nl', {
      host: new LocalHost(),
      policies: ['cloud-provider', 'antum'].map(loadPolicy),
      hostSettings: {
        endpoints: [{ host: '127.0.0.1', port: nginx.port('web') }],
        backups: [{ set: 'db', source: { archives: { folder: archives, pattern: 'db-{date}.sql' } } }],
        roster: { departures: [] },
      },
    });
    await agent.runOnce();
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    await expect.poll(() => anchorsIn(log).length, { timeout: 5000 }).toBeGreaterThan(0);

    const { secret } = collector.tokens.create({ role: 'metrics', label: '', validity: 60 }, new Date());
    const response = await fetch(`${collector.url}/metrics`, { headers: { authorization: `Bearer ${secret}` } });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();

    const check = spawnSync(tool('promtool') ?? '', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(check.stdout + check.stderr).toBe('');
    expect(check.status).toBe(0);

    const endpoint = `127.0.0.1:${nginx.port('web')}`;
    const lines = text.split('\n');
    expect(lines).toContain(
      `waarborg_tls_version_offered{host="web1.example.nl",endpoint="${endpoint}",version="TLSv1.0"} 0`,
    );
    expect(lines).toContain(
      `waarborg_tls_version_offered{host="web1.example.nl",endpoint="${endpoint}",version="TLSv1.3"} 1`,
    );
    expect(lines).toContain(
      `waarborg_certificate_key_length{host="web1.example.nl",endpoint="${endpoint}",algorithm="RSA"} 2048`,
    );
    expect(lines).toContain(
      `waarborg_certificate_validity_seconds{host="web1.example.nl",endpoint="${endpoint}"} 7776000`,
    );
    expect(lines).toContain('waarborg_backup_points{host="web1.example.nl",set="db"} 3');
    expect(lines).toContain('waarborg_backup_longest_gap_seconds{host="web1.example.nl",set="db"} 172800');
    expect(lines).toContain('waarborg_host_last_report_timestamp_seconds{host="never.example.nl"} 0');
    const given = familyNames.filter((name) =>
      lines.some((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)),
    );
    // What may be absent: a grade that no control asked for, passwords, where nobody on this machine has one, the moment
    // at which a memory broke that never did, agents that hold more than the log, services, of which none is watched,
    // notices, which nobody gets, and what people show, who do nothing here.
    const people = /organisation_(control|attestation)|case_due|waiver/;
    const always = familyNames.filter(
      (name) => !/availability|tls_grade|password|memory_broken|contradicted|notices/.test(name) && !people.test(name),
    );
    expect(given).toEqual(expect.arrayContaining(always));
  });
});
