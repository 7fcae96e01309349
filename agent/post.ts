/** An answer is at most this long: a receipt is some kilobytes. */
const maximumAnswer = 2 ** 20;

export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  /** The JSON of the body, of whatever form. */
  readonly body: unknown;
}

/**
 * Asks the collector something, as JSON. Redirects are not followed: what is sent is for the collector that the operator named.
 * @param seconds for the whole of question and answer
 * @param more headers
 * @throws Error where there is no answer, or one that is too long or no JSON
 */
export function postJson(
  url: URL,
  question: unknown,
  seconds: number,
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const headers = { ...more, 'content-type': 'application/json' };
  return ask(url, { method: 'POST', headers, body: JSON.stringify(question) }, seconds, signal);
}

/** As `postJson`, for a question of another form, whose type is among the headers. */
export function postBytes(
  url: URL,
  body: Uint8Array<ArrayBuffer>,
  seconds: number,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return ask(url, { method: 'POST', headers, body }, seconds, undefined);
}

/** As `postJson`, for what needs no question. */
export function getJson(
  url: URL,
  seconds: number,
  signal?: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return ask(url, { headers }, seconds, signal);
}

async function ask(url: URL, request: RequestInit, seconds: number, signal: AbortSignal | undefined): Promise<Answer> {
  const timeout = AbortSignal.timeout(seconds * 1000);
  const response = await fetch(url, {
    ...request,
    redirect: 'error',
    signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  });
  const { status, ok, headers } = response;
  return { status, ok, headers, body: JSON.parse((await readAtMost(response, maximumAnswer)).toString()) };
}

/**
 * The body of an answer, in bytes.
 * @throws Error where it is longer than `limit`
 */
export async function readAtMost({ body }: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body as ReadableStream<Uint8Array> | null) ?? []) {
    size += chunk.length;
    if (size > limit) throw new Error(`the answer is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Why there was no answer, with the system's code where there is one. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error && 'code' in error.cause ? String(error.cause.code) : undefined;
  return cause === undefined ? error.message : `${error.message} (${cause})`;
}
