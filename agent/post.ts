import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { lateHttp, lateHttps } from './host/late.ts';
import type { ClientCertificate } from './identity.ts';

/** An answer is at most this long: a receipt is some kilobytes. */
const maximumAnswer = 2 ** 20;

export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: IncomingHttpHeaders;
  /** The JSON of the body, of whatever form. */
  readonly body: unknown;
}

export interface AskOptions {
  /** For the whole of question and answer. */
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** A PEM file: the authorities that may vouch for the collector's certificate, in place of the usual ones. */
  readonly ca?: string | undefined;
  /** What shows the collector whose connection it is. */
  readonly client?: ClientCertificate | undefined;
}

/**
 * Asks the collector something, as JSON. Redirects are not followed: what is sent is for the collector that the operator named.
 * @throws Error where there is no answer, or one that is too long or no JSON
 */
export function postJson(url: URL, question: unknown, options: AskOptions): Promise<Answer> {
  const headers = { ...options.headers, 'content-type': 'application/json' };
  return ask(url, { ...options, headers }, Buffer.from(JSON.stringify(question)));
}

/** As `postJson`, for a question of another form, whose type is among the headers. */
export function postBytes(url: URL, body: Uint8Array, options: AskOptions): Promise<Answer> {
  return ask(url, options, body);
}

/** As `postJson`, for what needs no question. */
export function getJson(url: URL, options: AskOptions): Promise<Answer> {
  return ask(url, options);
}

async function ask(url: URL, { seconds, signal, ...options }: AskOptions, question?: Uint8Array): Promise<Answer> {
  const timeout = AbortSignal.timeout(seconds * 1000);
  const end = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  try {
    const answer = await send(url, { ...options, signal: end }, question);
    const { statusCode: status = 0, headers } = answer;
    const body = (await readChunks(answer, maximumAnswer)).toString();
    if (status >= 300 && status < 400)
      throw new Error(`the answer leads elsewhere (HTTP ${status}), which is not followed`);
    return { status, ok: status >= 200 && status < 300, headers, body: JSON.parse(body) };
  } catch (error) {
    throw end.aborted ? (end.reason as Error) : error;
  }
}

/** With Node's own client rather than `fetch`, which takes no authority of one's own. */
function send(
  url: URL,
  { ca, client, headers = {}, signal }: Omit<AskOptions, 'seconds'> & { readonly signal: AbortSignal },
  question: Uint8Array | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const method = question === undefined ? 'GET' : 'POST';
    const authorities = ca === undefined ? {} : { ca: readFileSync(ca) };
    const own = client === undefined ? {} : { key: client.key, cert: client.certificate };
    const trust = { minVersion: 'TLSv1.2', ...authorities, ...own } as const;
    const options = { method, headers: { ...headers }, signal };
    const sent =
      url.protocol === 'https:' ? lateHttps().request(url, { ...options, ...trust }) : lateHttp().request(url, options);
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end(question);
  });
}

/**
 * The body of an answer that `fetch` gave, in bytes.
 * @throws Error where it is longer than `limit`
 */
export function readAtMost({ body }: Response, limit: number): Promise<Buffer> {
  return readChunks((body as ReadableStream<Uint8Array> | null) ?? [], limit);
}

async function readChunks(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Why there was no answer, with the system's code where there is one. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : undefined;
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}
