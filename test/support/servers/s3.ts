import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { signS3, type S3Keys } from '../../../agent/collect/backup/s3-signature.ts';

export interface StoredVersion {
  readonly key: string;
  readonly version?: string;
  readonly modifiedAt: string;
  readonly size: number;
  readonly lock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly until: string };
}

export interface S3Order {
  readonly bucket: string;
  readonly keys: S3Keys;
  /** Newest first where one key has several. */
  readonly stored: readonly StoredVersion[];
  /** Of a listing's page; as few as it takes to see several pages. */
  readonly pageSize?: number;
  /** What is answered in place of listings. */
  readonly listing?: string;
  /** Speaks HTTPS, with the key and the certificate in these files. */
  readonly tls?: { readonly key: string; readonly pem: string };
  /** The server's clock; now unless said. */
  readonly at?: Date;
}

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string;
  /** Method and address of every request. */
  readonly asked: readonly string[];
}

/**
 * As much of Amazon S3 as readers need: listings, versions, locks, and the refusal of whoever signs with other keys or
 * another clock. It stands in for servers that Debian does not bring; that s3cmd can read it shows that it speaks as they do.
 */
export async function startS3(order: S3Order): Promise<S3Server> {
  const asked: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${request.method} ${request.url}`);
    const { status, headers = {}, body = '' } = answerTo(order, request);
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
  };
  const server =
    order.tls === undefined
      ? createServer(answer)
      : createTlsServer({ key: readFileSync(order.tls.key), cert: readFileSync(order.tls.pem) }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${order.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function answerTo(order: S3Order, request: IncomingMessage): Answer {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const refusal = refuse(order, request, url);
  if (refusal !== undefined) return { status: 403, body: `<Error><Code>${refusal}</Code></Error>` };
  const [, bucket, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  if (bucket !== order.bucket) return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' };
  const key = rest.join('/');
  if (key !== '') return describeObject(order, key, url);
  if (url.searchParams.has('location')) return { status: 200, body: '<LocationConstraint></LocationConstraint>' };
  return { status: 200, body: order.listing ?? listing(order, url.searchParams) };
}

/** @returns the code of the error */
function refuse({ keys, at = new Date() }: S3Order, request: IncomingMessage, url: URL): string | undefined {
  const authorization = request.headers.authorization ?? '';
  const form =
    /Credential=([^/]+)\/\d+\/([a-z0-9-]+)\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)$/;
  const [, id, region = '', names = '', signature] = form.exec(authorization) ?? [];
  if (id !== keys.id) return 'InvalidAccessKeyId';
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
  const [, year, month, day, hour, minute, second] = stamp;
  const signedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(signedAt.getTime() - at.getTime()) <= 900_000)) return 'RequestTimeTooSkewed';
  const own = ['host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];
  const others = names.split(';').filter((name) => !own.includes(name));
  const headers = Object.fromEntries(others.map((name) => [name, String(request.headers[name])]));
  const expected = signS3({ method: request.method ?? '', url, headers }, { keys, region }, signedAt);
  return expected.authorization?.endsWith(`Signature=${signature}`) === true ? undefined : 'SignatureDoesNotMatch';
}

function listing({ bucket, stored, pageSize = 1000 }: S3Order, query: URLSearchParams): string {
  const isVersions = query.has('versions');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const all = stored
    .filter(({ key }) => key.startsWith(prefix))
    .filter(({ key }) => delimiter === null || !key.slice(prefix.length).includes(delimiter))
    .filter(({ key }, index, found) => isVersions || found.findIndex((other) => other.key === key) === index);
  const begin = Number(query.get(isVersions ? 'version-id-marker' : 'continuation-token') ?? 0);
  const page = all.slice(begin, begin + pageSize);
  const isTruncated = begin + pageSize < all.length;
  const next = isVersions
    ? `<NextKeyMarker>${encode(page.at(-1)?.key ?? '')}</NextKeyMarker><NextVersionIdMarker>${begin + pageSize}</NextVersionIdMarker>`
    : `<NextContinuationToken>${begin + pageSize}</NextContinuationToken>`;
  const element = isVersions ? 'Version' : 'Contents';
  const items = page.map(
    ({ key, version = 'null', modifiedAt, size }) =>
      `<${element}><Key>${encode(key)}</Key>${isVersions ? `<VersionId>${version}</VersionId><IsLatest>true</IsLatest>` : ''}` +
      `<LastModified>${modifiedAt}</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></${element}>`,
  );
  const root = isVersions ? 'ListVersionsResult' : 'ListBucketResult';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><Prefix>${encode(prefix)}</Prefix>` +
    `${query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? next : ''}${items.join('')}</${root}>`
  );
}

function describeObject({ stored }: S3Order, key: string, url: URL): Answer {
  const version = url.searchParams.get('versionId');
  const object = stored.find((one) => one.key === key && (version === null || one.version === version));
  if (object === undefined) return { status: 404 };
  const { lock } = object;
  if (lock === undefined) return { status: 200 };
  return {
    status: 200,
    headers: { 'x-amz-object-lock-mode': lock.mode, 'x-amz-object-lock-retain-until-date': lock.until },
  };
}
