import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tool } from '../support/tools.ts';

const Outcome = z.object({
  observations: z.array(
    z.object({
      control: z.string(),
      verdict: z.string(),
      reasons: z.array(
        z.object({ code: z.string(), verdict: z.string(), subject: z.string().optional(), text: z.string() }),
      ),
    }),
  ),
});
const Outcomes = z.record(z.string(), Outcome);

/** The days that lie whole in a certificate of 398 days which is made now. */
const days = Array.from({ length: 397 }, (_, day) => new Date(Date.now() + (day + 1) * 86_400_000).toISOString());
const hasLeapDay = days.some((day) => day.slice(5, 10) === '02-29');
const longCertificate = hasLeapDay ? /valid for 398 days; at most 366 days/ : /valid for 398 days; at most 365 days/;

const missing = ['nginx', 'restic', 'openssl', 'unshare', 'ip'].filter((name) => tool(name) === undefined);
const cannot = process.getuid?.() === 0 ? missing.join(', ') : 'an ordinary user (network namespaces need root)';

describe.skipIf(cannot !== '')(
  `what the shipped policy says of real servers and repositories ${cannot && `(skipped: ${cannot})`}`,
  () => {
    let outcomes: z.output<typeof Outcomes> = {};

    beforeAll(() => {
      const scenes = join(import.meta.dirname, 'acceptance-scenes.ts');
      const run = spawnSync(
        'unshare',
        ['--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$1"', process.execPath, scenes],
        {
          encoding: 'utf8',
          maxBuffer: 64 * 2 ** 20,
        },
      );
      expect(run.stderr).toBe('');
      outcomes = Outcomes.parse(JSON.parse(run.stdout));
    }, 120_000);

    function observation(scene: string, control: string) {
      const found = outcomes[scene]?.observations.find((one) => one.control === control);
      if (found === undefined) throw new Error(`no ${control} in scene ${scene}`);
      return found;
    }

    it.each([
      ['good', 'CP-tls-version', 'pass', 'tls.good', /accepts TLSv1\.2, TLSv1\.3 and nothing below TLSv1\.2/],
      ['good', 'CP-certificate', 'pass', 'certificate.good', /RSA 2048/],
      ['old version', 'CP-tls-version', 'fail', 'tls.accepts-old', /accepts TLSv1\.0; the lowest allowed is TLSv1\.2/],
      ['old version', 'CP-certificate', 'pass', 'certificate.good', /RSA 2048/],
      ['long certificate', 'CP-tls-version', 'pass', 'tls.good', /TLSv1\.3/],
      ['long certificate', 'CP-certificate', 'fail', 'certificate.too-long', longCertificate],
      ['weak key', 'CP-certificate', 'fail', 'certificate.weak-key', /1024 bits; at least 2048/],
      ['long RSA behind a good ECDSA', 'CP-certificate', 'fail', 'certificate.too-long', /RSA 2048 .* 398 days/],
      ['good backups', 'CP-backup-daily', 'pass', 'backup.fresh', /www/],
      ['good backups', 'CP-backup-retention', 'pass', 'backup.kept', /www/],
      ['good backups', 'CP-backup-offsite', 'fail', 'backup.on-this-host', /www/],
      ['old backups', 'CP-backup-daily', 'fail', 'backup.too-old', /www/],
      ['a day missing', 'CP-backup-daily', 'fail', 'backup.gap', /www/],
      ['a day missing', 'CP-backup-retention', 'fail', 'backup.gap', /www/],
      ['a required path missing', 'CP-backup-daily', 'fail', 'backup.none-counts', /www/],
    ])('%s: %s comes out as %s (%s)', (scene, control, verdict, code, text) => {
      const found = observation(scene, control);
      expect(found.verdict).toBe(verdict);
      const reason = found.reasons.find((one) => one.code === code);
      expect(reason, found.reasons.map((one) => one.text).join('\n')).toMatchObject({ verdict });
      expect(reason?.text).toMatch(text);
    });

    it('names the path that a backup lacks', () => {
      const texts = observation('a required path missing', 'CP-backup-daily').reasons.map(({ text }) => text);
      expect(texts.join('\n')).toMatch(/\/etc/);
    });

    it('finds a server by its socket alone, and sees none where none listens', () => {
      expect(observation('good backups', 'CP-tls-version')).toMatchObject({
        verdict: 'not-applicable',
        reasons: [{ code: 'endpoint.none' }],
      });
    });
  },
);
