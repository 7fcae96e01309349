import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { z } from 'zod';
import { describeFailure, getJson, postBytes, postJson, type Answer } from '../agent/post.ts';
import { ProblemDetails } from '../evidence/exchange.ts';
import { UsageError } from './subcommand.ts';

/** How long an answer may take. */
const seconds = 60;

export interface CollectorOptions {
  readonly collector: string;
  readonly tokenFile?: string;
  /** A PEM file with the authorities that may vouch for it, in place of the usual ones. */
  readonly ca?: string;
}

/** The collector said no, or does not answer. */
export class RefusedError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'RefusedError';
    this.code = code;
  }
}

/** For commands that ask a running collector to do something. */
export function addCollectorOptions(command: Command): Command {
  return command
    .requiredOption('--collector <url>', 'where the collector listens')
    .option('--token-file <file>', 'holds a token of role operator; else WAARBORG_TOKEN does')
    .option(
      '--ca <file>',
      'PEM file with the authorities that may vouch for the collector, in place of the usual ones',
    );
}

/** Asks the collector as an operator; each call carries the same token. */
export class CollectorClient {
  readonly #url: string;
  readonly #token: string;
  readonly #ca: string | undefined;

  /** @throws UsageError */
  constructor({ collector, tokenFile, ca }: CollectorOptions) {
    if (!URL.canParse(collector)) throw new UsageError(`--collector ${collector}: expected a URL`);
    this.#url = collector;
    this.#token = tokenFrom(tokenFile);
    if (ca !== undefined) readAuthorities(ca);
    this.#ca = ca;
  }

  /** @throws RefusedError */
  post<Schema extends z.ZodType>(path: string, question: unknown, schema: Schema): Promise<z.output<Schema>> {
    return this.#exchange(path, schema, (url, headers) => postJson(url, question, { seconds, headers, ca: this.#ca }));
  }

  /**
   * Posts what is no JSON of ours.
   * @param headers its `content-type`, and others
   * @throws RefusedError
   */
  postBytes<Schema extends z.ZodType>(
    path: string,
    body: Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    return this.#exchange(path, schema, (url, own) =>
      postBytes(url, body, { seconds, headers: { ...headers, ...own }, ca: this.#ca }),
    );
  }

  /** @throws RefusedError */
  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    return this.#exchange(path, schema, (url, headers) => getJson(url, { seconds, headers, ca: this.#ca }));
  }

  async #exchange<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    ask: (url: URL, headers: Readonly<Record<string, string>>) => Promise<Answer>,
  ): Promise<z.output<Schema>> {
    const { ok, status, body } = await this.#ask(path, ask);
    const answer = schema.safeParse(body);
    if (ok && answer.success) return answer.data;
    const problem = ProblemDetails.safeParse(body).data;
    const why = problem?.detail ?? `${this.#url} does not answer as a collector (HTTP ${status})`;
    throw new RefusedError(problem?.code ?? `http.${status}`, why);
  }

  async #ask(
    path: string,
    ask: (url: URL, headers: Readonly<Record<string, string>>) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await ask(new URL(path, this.#url), { authorization: `Bearer ${this.#token}` });
    } catch (error) {
      throw new RefusedError('collector.unreachable', `${this.#url} does not answer: ${describeFailure(error)}`);
    }
  }
}

/**
 * The certificates of authorities, as PEM.
 * @throws UsageError
 */
export function readAuthorities(file: string): Buffer {
  const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  if (content.includes('-----BEGIN CERTIFICATE-----')) return content;
  throw new UsageError(`--ca ${file}: expected a PEM file with certificates`);
}

/** Never from the command line: every user of this host could read it there. */
function tokenFrom(file: string | undefined): string {
  const token = file === undefined ? process.env.WAARBORG_TOKEN : readToken(file);
  if (token !== undefined && /^\S+$/.test(token)) return token;
  throw new UsageError(
    file === undefined
      ? 'no token: give --token-file, or set WAARBORG_TOKEN'
      : `--token-file ${file}: expected one token, as "waarborg token create --role operator" prints it`,
  );
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UsageError(`--token-file ${file}: cannot be read`);
  }
}
