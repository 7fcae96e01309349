import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocalHost } from '../../../../agent/host/local.ts';
import { parseS3Xml } from '../../../../agent/collect/backup/s3-xml.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import { Authority } from '../../../support/authority.ts';
import { startS3, type S3Order, type StoredVersion } from '../../../support/servers/s3.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';
import { at, collectSet, judgeSet } from './support.ts';

const keys = { id: 'WAARBORGTEST', secret: 'pLan7ed/Secret+of=the.test' };
const day = 86_400_000;

/** A dump of each of the last days, made at two at night. */
function dumps(count: number, changed: Partial<StoredVersion> = {}): StoredVersion[] {
  return Array.from({ length: count }, (_, index) => {
    const made = new Date(Date.parse('2026-11-22T02:00:00Z') - index * day);
    const modifiedAt = new Date(made.getTime() + 60_000).toISOString();
    return { key: `web1/db-${made.toISOString().slice(0, 10)}_0200.sql.gz`, modifiedAt, size: 5_000_000, ...changed };
  });
}

interface Read {
  readonly order?: Partial<S3Order>;
  readonly source?: Readonly<Record<string, unknown>>;
  readonly secret?: string;
}

async function readBucket({
  order,
  source,
  secret = keys.secret,
}: Read): Promise<{ set: BackupSet; asked: readonly string[] }> {
  await using server = await startS3({ bucket: 'backups', keys, stored: dumps(8), at, ...order });
  using folder = temporaryFolder();
  const environmentFile = join(folder.path, 's3.env');
  writeFileSync(environmentFile, `AWS_ACCESS_KEY_ID=${keys.id}\nAWS_SECRET_ACCESS_KEY="${secret}"\n`, { mode: 0o600 });
  const pattern = source?.object === undefined ? { pattern: 'db-{date}_{time}.sql.gz' } : {};
  const s3 = { endpoint: server.endpoint, bucket: 'backups', prefix: 'web1/', environmentFile, ...pattern, ...source };
  const set = await collectSet(new LocalHost(), { source: { s3 } });
  expect(JSON.stringify(set)).not.toContain(keys.secret);
  expect(server.asked.every((line) => /^(GET|HEAD) /.test(line))).toBe(true);
  return { set, asked: server.asked };
}

describe('copies in a bucket', () => {
  test('pass for their rhythm, and lie elsewhere', async () => {
    const { set } = await readBucket({});
    expect(judgeSet(set, { every: '24h', keep: '7d' })).toEqual([
      'pass',
      'backup.fresh',
      'backup.regular',
      'backup.kept',
    ]);
    expect(set.points).toMatchObject({
      value: { 7: { time: '2026-11-22T02:00:00.000Z', modifiedAt: '2026-11-22T02:01:00.000Z', size: 5_000_000 } },
    });
    expect(judgeSet({ ...set, location: { kind: 'remote', server: 's3.example.nl' } }, { offsite: true })[0]).toBe(
      'pass',
    );
    expect(judgeSet(set, { encrypted: true })).toEqual(['unknown', 'backup.encryption-unseen']);
    expect(JSON.stringify((await readBucket({})).set.points)).toBe(JSON.stringify(set.points));
  });

  test('are all found when the server tells them in pages', async () => {
    const { set, asked } = await readBucket({ order: { stored: dumps(23), pageSize: 5 } });
    expect(set.points).toMatchObject({ value: { length: 23 } });
    expect(asked.filter((line) => line.startsWith('GET'))).toHaveLength(5);
  });

  test.each([
    ['a day is missing', dumps(8).toSpliced(3, 1), 'fail', 'backup.gap'],
    ['they stopped two days ago', dumps(8).slice(2), 'fail', 'backup.too-old'],
    ['they are empty', dumps(8, { size: 0 }), 'fail', 'backup.none-counts'],
    [
      'they lie in a folder below',
      dumps(8).map((one) => ({ ...one, key: one.key.replace('web1/', 'web1/old/') })),
      'fail',
      'backup.none',
    ],
    [
      'an old copy lies there under a new name',
      [{ ...dumps(8)[0], modifiedAt: '2026-11-10T02:01:00Z' } as StoredVersion, ...dumps(8).slice(1)],
      'fail',
      'backup.too-old',
    ],
    [
      'the newest is dated in the future',
      [{ key: 'web1/db-2026-12-01_0200.sql.gz', modifiedAt: '2026-12-01T02:00:00Z', size: 5 }, ...dumps(8)],
      'unknown',
      'backup.future',
    ],
  ])('do not pass where %s', async (_, stored, verdict, code) => {
    const { set } = await readBucket({ order: { stored } });
    const [worst, ...codes] = judgeSet(set, { every: '24h', keep: '7d' });
    expect(codes).toContain(code);
    expect(worst).toBe(verdict);
  });

  test.each([
    ['another secret', { secret: 'wrong' }, { code: 'refused', detail: 'SignatureDoesNotMatch' }],
    [
      'a clock an hour off',
      { order: { at: new Date(at.getTime() + 3_600_000) } },
      { code: 'refused', detail: 'RequestTimeTooSkewed' },
    ],
    ['another bucket', { source: { bucket: 'others' } }, { code: 'missing', detail: 'NoSuchBucket' }],
    [
      'a page in place of a listing',
      { order: { listing: '<html><body>Welcome</body></html>' } },
      { code: 'unparsable' },
    ],
    [
      'a listing that is cut short',
      { order: { listing: '<ListBucketResult><IsTruncated>false</IsTruncated><Contents>' } },
      { code: 'unparsable' },
    ],
    [
      'a page that is said to be followed by itself',
      { order: { listing: '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>' } },
      { code: 'unparsable' },
    ],
    ['nobody there', { source: { endpoint: 'http://127.0.0.1:9' } }, { code: 'unreachable' }],
    ['HTTPS where there is none', { source: { endpoint: 'https://127.0.0.1:9' } }, { code: 'unreachable' }],
  ] as const)('are unknown with %s', async (_, given: Read, obstacle) => {
    const { set } = await readBucket(given);
    expect(set.points).toMatchObject({ state: 'unreadable', obstacle });
    expect(judgeSet(set, { every: '24h' })[0]).toBe('unknown');
  });

  test('are unknown where the certificate is of nobody whom the host trusts, and read where its authority is named', async () => {
    using folder = temporaryFolder();
    const authority = new Authority(folder.path);
    authority.issue({ name: 'root', extensions: ['basicConstraints=critical,CA:TRUE'] });
    const { pem, key } = authority.issue({ name: 'bucket', by: 'root', extensions: ['subjectAltName=IP:127.0.0.1'] });
    const other = authority.issue({ name: 'other', by: 'root', extensions: ['subjectAltName=IP:127.0.0.9'] });
    const authorityFile = join(folder.path, 'root.pem');
    const tls = { pem, key };
    const untrusted = await readBucket({ order: { tls } });
    expect(untrusted.set.points).toMatchObject({
      obstacle: { code: 'unreachable', detail: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });
    const trusted = await readBucket({ order: { tls }, source: { authorityFile } });
    expect(judgeSet(trusted.set, { every: '24h' })[0]).toBe('pass');
    const misnamed = await readBucket({
      order: { tls: { pem: other.pem, key: other.key } },
      source: { authorityFile },
    });
    expect(misnamed.set.points).toMatchObject({ obstacle: { detail: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
    expect(readFileSync(authorityFile, 'utf8')).toContain('CERTIFICATE');
  });
});

describe('an object that is written anew each time', () => {
  const versions = dumps(8).map((one, index) => ({ ...one, key: 'web1/all.tar', version: `v${index}` }));

  test('has a copy in each of its versions', async () => {
    const beside = { key: 'web1/all.tar.sha256', version: 'x', modifiedAt: '2026-11-22T02:00:00Z', size: 64 };
    const { set } = await readBucket({
      order: { stored: [...versions, beside], pageSize: 3 },
      source: { object: 'all.tar' },
    });
    expect(set.points).toMatchObject({ value: { length: 8, 7: { id: 'v0', time: '2026-11-22T02:01:00.000Z' } } });
    expect(judgeSet(set, { every: '24h', keep: '7d' })[0]).toBe('pass');
  });

  test('has one copy where the bucket keeps no versions', async () => {
    const { set } = await readBucket({
      order: { stored: [{ ...dumps(1)[0], key: 'web1/all.tar' } as StoredVersion] },
      source: { object: 'all.tar' },
    });
    expect(set.points).toMatchObject({ value: [{ time: '2026-11-22T02:01:00.000Z' }] });
    expect(judgeSet(set, { every: '24h', keep: '7d' })[0]).toBe('fail');
  });
});

describe('the lock of copies', () => {
  test.each([
    ['no lock', undefined, '7d', ['fail', 'backup.not-locked']],
    [
      'a lock that some may lift',
      { mode: 'GOVERNANCE', until: '2026-12-22T02:01:00Z' },
      '7d',
      ['fail', 'backup.lock-lifted'],
    ],
    [
      'a lock that ends too soon',
      { mode: 'COMPLIANCE', until: '2026-11-28T02:01:00Z' },
      '7d',
      ['fail', 'backup.lock-short'],
    ],
    [
      'a lock that is long enough',
      { mode: 'COMPLIANCE', until: '2026-11-29T02:01:00Z' },
      '7d',
      ['pass', 'backup.locked'],
    ],
  ] as const)('comes out as it is with %s', async (_, lock, locked, expected) => {
    const stored = dumps(8, lock === undefined ? {} : { lock });
    const { set } = await readBucket({ order: { stored } });
    expect(judgeSet(set, { locked })).toEqual(expected);
  });

  test('is that of the newest version', async () => {
    const [newest, ...older] = dumps(3).map((one, index) => ({ ...one, key: 'web1/all.tar', version: `v${index}` }));
    const lock = { mode: 'COMPLIANCE', until: '2027-01-01T00:00:00Z' } as const;
    const stored = [newest as StoredVersion, ...older.map((one) => ({ ...one, lock }))];
    const { set } = await readBucket({ order: { stored }, source: { object: 'all.tar' } });
    expect(judgeSet(set, { locked: '7d' })).toEqual(['fail', 'backup.not-locked']);
  });
});

test.skipIf(!tool('s3cmd'))(
  's3cmd reads the server that these tests read, with the same signature, and not with another',
  async () => {
    await using server = await startS3({ bucket: 'backups', keys, stored: dumps(3) });
    const list = async (secret: string): Promise<string> => {
      const { host } = new URL(server.endpoint);
      const at = [`--host=${host}`, `--host-bucket=${host}`, '--no-ssl', '--config=/dev/null', '--region=us-east-1'];
      const given = [`--access_key=${keys.id}`, `--secret_key=${secret}`];
      const { stdout } = await promisify(execFile)('s3cmd', [...at, ...given, 'ls', 's3://backups/web1/']);
      return stdout;
    };
    expect((await list(keys.secret)).trim().split('\n')).toHaveLength(3);
    await expect(list('another')).rejects.toThrow('SignatureDoesNotMatch');
  },
);

describe('the XML of S3', () => {
  test.each([
    ['a comment', '<A><!-- x --></A>'],
    ['a document type', '<!DOCTYPE A [<!ENTITY x "y">]><A>&x;</A>'],
    ['an entity of its own', '<A>&x;</A>'],
    ['elements that cross', '<A><B></A></B>'],
    ['two roots', '<A></A><B></B>'],
    ['no root', 'text'],
    ['an open end', '<A><B></B>'],
    ['a bare ampersand', '<A>a & b</A>'],
    ['a closing tag with an attribute', '<A></A xmlns="x">'],
    ['elements nested without end', '<A>'.repeat(20) + '</A>'.repeat(20)],
    ['nothing', ''],
  ])('is none with %s', (_, xml) => {
    expect(parseS3Xml(xml)).toBeUndefined();
  });

  test('gives back any text that was written into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const written = text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
        expect(
          parseS3Xml(`<?xml version="1.0"?>\n<A xmlns="urn:x"><Key>${written}</Key><Empty/></A>`)?.children,
        ).toEqual([
          { name: 'Key', text, children: [] },
          { name: 'Empty', text: '', children: [] },
        ]);
      }),
    );
  });

  test('never throws, whatever comes', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'A',
      '<A>',
      '</A>',
      '&amp;',
      '&',
      '&#x110000;',
      '"',
      ' xmlns="',
      '<?xml ?>',
      'x',
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => void parseS3Xml(pieces.join(''))));
  });
});
