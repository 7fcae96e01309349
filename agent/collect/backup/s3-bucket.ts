import { z } from 'zod';
import { maximumPoints } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { fetchOver, type WebReply } from '../../http/fetch.ts';
import type { CollectContext } from '../collector.ts';
import { encodeS3, signS3, type S3Keys } from './s3-signature.ts';
import { parseS3Xml, type Element } from './s3-xml.ts';

/** A bucket, and how to ask for it. */
export interface Bucket {
  readonly endpoint: URL;
  readonly region: string;
  readonly name: string;
  /** Whether the bucket's name stands in the path or before the host's. */
  readonly addressing: 'path' | 'host';
  readonly keys: S3Keys;
  readonly authorities: string | undefined;
}

/** An object, or a version of one. */
export interface Stored {
  readonly key: string;
  /** Undefined in a listing that tells the newest versions only. */
  readonly version: string | undefined;
  readonly modifiedAt: string;
  /** Bytes. */
  readonly size: number;
}

type Asking = Pick<CollectContext, 'host' | 'at' | 'signal'>;

/** A listing holds at most a thousand objects of 1 KiB each, and what stands around them. */
const maximumAnswer = 8 * 2 ** 20;

const StoredForm = z.object({
  Key: z.string().min(1),
  VersionId: z.string().min(1).max(1024).optional(),
  LastModified: z.iso.datetime().transform((moment) => new Date(moment).toISOString()),
  Size: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
});

/** The objects that lie directly under a prefix: ListObjectsV2. */
export function listObjects(asking: Asking, bucket: Bucket, prefix: string): Promise<Reading<Stored[]>> {
  const query = { 'list-type': '2', prefix, delimiter: '/', 'encoding-type': 'url' };
  return listAll(asking, bucket, query, {
    element: 'Contents',
    next: { 'continuation-token': 'NextContinuationToken' },
  });
}

/** Every version of the object with this key that is there, whether or not a newer one hides it: ListObjectVersions. */
export async function listVersions(asking: Asking, bucket: Bucket, key: string): Promise<Reading<Stored[]>> {
  const query = { versions: '', prefix: key, 'encoding-type': 'url' };
  const next = { 'key-marker': 'NextKeyMarker', 'version-id-marker': 'NextVersionIdMarker' };
  const found = await listAll(asking, bucket, query, { element: 'Version', next });
  return found.state === 'unreadable' ? found : read(found.value.filter((stored) => stored.key === key));
}

/** Until when nobody can delete or change an object, whatever rights he has; null where it is not locked: HeadObject. */
export async function lockOf(
  asking: Asking,
  bucket: Bucket,
  { key, version }: Stored,
): Promise<Reading<{ mode: 'governance' | 'compliance'; until: string } | null>> {
  const query: Record<string, string> = version === undefined ? {} : { versionId: version };
  const reply = await ask(asking, bucket, { method: 'HEAD', key, query });
  if (reply.state === 'unreadable') return reply;
  const { 'x-amz-object-lock-mode': mode, 'x-amz-object-lock-retain-until-date': until } = reply.value.headers;
  if (mode === undefined) return read(null);
  const lock = z.object({ mode: z.enum(['GOVERNANCE', 'COMPLIANCE']), until: z.iso.datetime() });
  const parsed = lock.safeParse({ mode, until });
  if (!parsed.success) return unreadable('unparsable', whatOf(bucket), 'the lock of an object');
  const isForAll = parsed.data.mode === 'COMPLIANCE';
  return read({ mode: isForAll ? 'compliance' : 'governance', until: new Date(parsed.data.until).toISOString() });
}

interface Form {
  /** Of each object. */
  readonly element: string;
  /** What is asked with for the next page, and the element that says it. */
  readonly next: Readonly<Record<string, string>>;
}

async function listAll(
  asking: Asking,
  bucket: Bucket,
  query: Readonly<Record<string, string>>,
  { element, next }: Form,
): Promise<Reading<Stored[]>> {
  const found: Stored[] = [];
  let marker: Record<string, string> | undefined = {};
  while (marker !== undefined) {
    const reply = await ask(asking, bucket, { method: 'GET', query: { ...query, ...marker } });
    if (reply.state === 'unreadable') return reply;
    const root = parseS3Xml(reply.value.body.toString('utf8'));
    const page = root && storedIn(root, element);
    if (root === undefined || page === undefined) return unreadable('unparsable', whatOf(bucket), 'the listing');
    found.push(...page);
    if (found.length > maximumPoints) return unreadable('too-large', whatOf(bucket));
    const before = JSON.stringify(marker);
    marker = nextOf(root, next);
    // A server that does not know of pages would give its first one for ever.
    if (JSON.stringify(marker) === before) return unreadable('unparsable', whatOf(bucket), 'a page that never ends');
  }
  return read(found);
}

function storedIn(root: Element, element: string): Stored[] | undefined {
  const isUrl = textOf(root, 'EncodingType') === 'url';
  const parsed = z
    .array(StoredForm)
    .safeParse(
      root.children
        .filter(({ name }) => name === element)
        .map(({ children }) => Object.fromEntries(children.map(({ name, text }) => [name, text]))),
    );
  if (!parsed.success || textOf(root, 'IsTruncated') === undefined) return undefined;
  return parsed.data.map(({ Key, VersionId, LastModified, Size }) => ({
    key: isUrl ? decodeKey(Key) : Key,
    version: VersionId,
    modifiedAt: LastModified,
    size: Size,
  }));
}

/** S3 writes blanks as `+` here. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** @returns undefined where this page is the last */
function nextOf(root: Element, next: Form['next']): Record<string, string> | undefined {
  if (textOf(root, 'IsTruncated') !== 'true') return undefined;
  const isUrl = textOf(root, 'EncodingType') === 'url';
  return Object.fromEntries(
    Object.entries(next).flatMap(([name, element]) => {
      const text = textOf(root, element);
      if (text === undefined) return [];
      return [[name, isUrl && element === 'NextKeyMarker' ? decodeKey(text) : text]];
    }),
  );
}

function textOf(root: Element, name: string): string | undefined {
  return root.children.find((child) => child.name === name)?.text;
}

interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly key?: string;
  readonly query: Readonly<Record<string, string>>;
}

async function ask({ host, at, signal }: Asking, bucket: Bucket, question: Question): Promise<Reading<WebReply>> {
  const url = urlOf(bucket, question);
  const headers = signS3({ method: question.method, url }, bucket, at);
  const { authorities } = bucket;
  const reply = await fetchOver(
    host,
    { method: question.method, url, headers, authorities, maximumBody: maximumAnswer },
    signal,
  );
  if (reply.state === 'unreadable') return reply;
  const { status, body } = reply.value;
  if (status === 200) return reply;
  const root = parseS3Xml(body.toString('utf8'));
  const code = ((root && textOf(root, 'Code')) ?? `status ${status}`).slice(0, 100);
  if (status === 403) return unreadable('refused', whatOf(bucket), code);
  if (status === 404) return unreadable('missing', whatOf(bucket), code);
  return unreadable('command-failed', whatOf(bucket), code);
}

function urlOf({ endpoint, name, addressing }: Bucket, { key, query }: Question): URL {
  const url = new URL(endpoint);
  const path = key === undefined ? '' : key.split('/').map(encodeS3).join('/');
  if (addressing === 'host') url.hostname = `${name}.${url.hostname}`;
  url.pathname = addressing === 'host' ? `/${path}` : `/${name}${key === undefined ? '' : `/${path}`}`;
  url.search = Object.entries(query)
    .map(([each, value]) => `${encodeS3(each)}=${encodeS3(value)}`)
    .join('&');
  return url;
}

function whatOf({ endpoint, name }: Bucket): string {
  return `bucket ${name} at ${endpoint.host}`;
}
