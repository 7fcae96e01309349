import { hash } from 'node:crypto';
import { z } from 'zod';
import type { BackupSet, Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { ArchivePattern, matcherOf, momentOf } from './archive-names.ts';
import { readEnvironment, variables } from './environment.ts';
import { AbsolutePath, defineReader, type SetRequest } from './reader.ts';
import { listObjects, listVersions, lockOf, type Bucket, type Stored } from './s3-bucket.ts';

const Source = z
  .strictObject({
    endpoint: z
      .url({ protocol: /^https?$/ })
      .max(255)
      .refine(isPlain, 'expected an address without user, path or query'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,63}$/, 'expected a region such as eu-central-1')
      .default('us-east-1'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "expected a bucket's name"),
    addressing: z.enum(['path', 'host']).default('path'),
    /** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where there is one, AWS_SESSION_TOKEN. */
    environmentFile: AbsolutePath,
    /** Certificates of the authorities of an endpoint of one's own, in PEM. */
    authorityFile: AbsolutePath.optional(),
    prefix: z
      .string()
      .max(1000)
      .regex(/^$|^[^/].*\/$/, 'expected a prefix such as web1/')
      .default(''),
    /** The form of the names under the prefix. */
    pattern: ArchivePattern.refine(
      (pattern) => !pattern.includes('{account}'),
      'expected a pattern without {account}',
    ).optional(),
    /** Instead of `pattern`: a name under the prefix that is written anew each time; its versions are the copies. */
    object: z.string().min(1).max(1000).optional(),
    /** Bytes; smaller objects do not count. */
    minimumSize: z.int().min(1).optional(),
  })
  .refine(({ pattern, object }) => (pattern === undefined) !== (object === undefined), {
    error: 'expected pattern, or object where one name is written anew each time',
  });
type Source = z.output<typeof Source>;

/** Seconds for all questions of one set; below the minute that a whole check may take. */
const timeout = 40;

/** A version that no other is named by: the bucket keeps none. */
const noVersion = 'null';

/** Copies in a bucket of Amazon S3, or of a server that speaks its protocol. */
export const s3 = defineReader({
  tool: 's3',
  source: Source,
  async read({ host, at, signal }, request, source) {
    const asking = { host, at, signal: AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]) };
    const bucket = await bucketOf(asking, source);
    const found = bucket.state === 'unreadable' ? bucket : await readCopies(asking, bucket.value, source, request);
    return {
      location: { kind: 'remote', server: new URL(source.endpoint).hostname },
      // The name may claim it, and the server may do it on its disks: neither can be seen from here.
      encrypted: 'unseen',
      ...(source.minimumSize === undefined ? {} : { minimumSize: source.minimumSize }),
      points: found.state === 'unreadable' ? found : read(found.value.map(({ point }) => point)),
      lock: await lockOfNewest(asking, bucket, found),
    };
  },
});

interface Copy {
  readonly stored: Stored;
  readonly point: Point;
}

type Asking = Pick<CollectContext, 'host' | 'at' | 'signal'>;

async function bucketOf({ host }: Asking, source: Source): Promise<Reading<Bucket>> {
  const environment = await readEnvironment(host, source.environmentFile, variables.s3);
  if (environment.state === 'unreadable') return environment;
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = environment.value;
  if (id === undefined || secret === undefined) {
    return unreadable('unparsable', source.environmentFile, 'expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  }
  const authorities = source.authorityFile === undefined ? undefined : await host.readText(source.authorityFile);
  if (authorities?.state === 'unreadable') return authorities;
  return read({
    endpoint: new URL(source.endpoint),
    region: source.region,
    name: source.bucket,
    addressing: source.addressing,
    keys: { id, secret, session },
    authorities: authorities?.value,
  });
}

/** Sorted by time. */
async function readCopies(
  asking: Asking,
  bucket: Bucket,
  { prefix, pattern, object }: Source,
  { timeZone }: SetRequest,
): Promise<Reading<Copy[]>> {
  const stored =
    object === undefined
      ? await listObjects(asking, bucket, prefix)
      : await listVersions(asking, bucket, prefix + object);
  if (stored.state === 'unreadable') return stored;
  const copies: Copy[] = [];
  const match = pattern === undefined ? undefined : matcherOf(pattern);
  for (const one of stored.value) {
    const named = match?.(one.key.slice(prefix.length));
    if (match !== undefined && named === undefined) continue;
    const written = new Date(one.modifiedAt);
    const time = named === undefined ? written : momentOf(named, timeZone, written);
    if (time === undefined) {
      return unreadable('unparsable', one.key, 'it was last written to on another day than its name says');
    }
    copies.push({ stored: one, point: pointOf(one, time) });
  }
  return read(copies.sort((a, b) => (a.point.time < b.point.time ? -1 : 1)));
}

function pointOf({ version, modifiedAt, size }: Stored, time: Date): Point {
  const id = version === undefined || version === noVersion ? {} : { id: shortened(version) };
  return { time: time.toISOString(), ...id, size, modifiedAt };
}

/** Some servers give versions long names. */
function shortened(version: string): string {
  return version.length <= 64 ? version : hash('sha256', version, 'hex');
}

async function lockOfNewest(
  asking: Asking,
  bucket: Reading<Bucket>,
  copies: Reading<Copy[]>,
): Promise<NonNullable<BackupSet['lock']>> {
  if (bucket.state === 'unreadable') return bucket;
  if (copies.state === 'unreadable') return copies;
  const newest = copies.value.at(-1);
  return newest === undefined ? read(null) : lockOf(asking, bucket.value, newest.stored);
}

function isPlain(address: string): boolean {
  const { username, password, pathname, search, hash: fragment } = new URL(address);
  return username === '' && password === '' && pathname === '/' && search === '' && fragment === '';
}
