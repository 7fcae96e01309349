import { createHmac, hash } from 'node:crypto';

export interface S3Keys {
  readonly id: string;
  readonly secret: string;
  /** Of temporary keys. */
  readonly session?: string | undefined;
}

/** Of an empty body. */
const emptyHash = hash('sha256', '', 'hex');

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * The headers that sign a request without a body, beside `host`: AWS Signature Version 4 ("Authenticating Requests
 * (AWS Signature Version 4)" in the Amazon S3 API reference).
 * @param at the server refuses what is more than a quarter of an hour from its own clock
 */
export function signS3(
  { method, url, headers = {} }: { method: string; url: URL; headers?: Readonly<Record<string, string>> },
  { keys, region }: { keys: S3Keys; region: string },
  at: Date,
): Record<string, string> {
  const moment = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const added = {
    ...headers,
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': moment,
    ...(keys.session === undefined ? {} : { 'x-amz-security-token': keys.session }),
  };
  const signed = Object.entries({ ...added, host: url.host }).sort(byName);
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    names,
    emptyHash,
  ].join('\n');
  const scope = `${moment.slice(0, 8)}/${region}/s3/aws4_request`;
  const toSign = [algorithm, moment, scope, hash('sha256', canonical, 'hex')].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((before, part) => hmac(before, part), `AWS4${keys.secret}`);
  const signature = hmac(key, toSign).toString('hex');
  return {
    ...added,
    authorization: `${algorithm} Credential=${keys.id}/${scope},SignedHeaders=${names},Signature=${signature}`,
  };
}

/** As S3 encodes a key in a path or a query: all but letters, digits and `-._~`. */
export function encodeS3(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalPath({ pathname }: URL): string {
  return pathname
    .split('/')
    .map((part) => encodeS3(decodeURIComponent(part)))
    .join('/');
}

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]) => [encodeS3(name), encodeS3(value)] as const)
    .sort(byName)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : Number(a > b);
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
