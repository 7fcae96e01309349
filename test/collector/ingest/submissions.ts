import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import type { Collector } from '../../../collector/collector.ts';
import { signEnvelope } from '../../../evidence/envelope.ts';
import { pack, packPart, type Submission } from '../../../evidence/exchange.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  factsPartName,
  hostPartName,
  observationsPartName,
  reportPayloadType,
  type Part,
  type Statement,
} from '../../../evidence/report.ts';
import { observe } from '../../../policies/observe.ts';
import { quickPolicy } from '../../support/road.ts';

/** An agent's hand, to send what a real agent never would. */
export interface Hand {
  readonly agent: string;
  readonly key: KeyObject;
  readonly epoch: number;
}

export async function enrolHand(collector: Collector, agent: string, at: Date = new Date()): Promise<Hand> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { secret } = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, at);
  const answer = await post(collector, '/api/v1/enrol', {
    v: 1,
    token: secret,
    agent,
    publicKey: rawPublicKey(privateKey).toString('base64'),
  });
  return { agent, key: privateKey, epoch: (answer.body as { epoch: number }).epoch };
}

export interface Draft {
  readonly seq?: number;
  readonly prev?: string | null;
  readonly issuedAt?: Date;
  /** Replaces parts by name; undefined leaves one out of the statement and the submission. */
  readonly parts?: Readonly<Record<string, string | undefined>>;
  /** Parts that are committed to and not sent. */
  readonly unsent?: readonly string[];
  readonly statement?: Partial<Record<keyof Statement, unknown>>;
  readonly signer?: KeyObject;
}

export interface Drafted {
  readonly submission: Submission;
  /** The digest of the statement: the next one's `prev`. */
  readonly digest: string;
}

/** A sound report, but for what the draft says. */
export function draftReport({ agent, key, epoch }: Hand, draft: Draft = {}): Drafted {
  const { seq = 1, prev = null, issuedAt = new Date(), unsent = [], signer = key } = draft;
  const facts = JSON.stringify({ state: 'unreadable', obstacle: { code: 'missing', what: '/etc/shadow' } });
  const observations = quickPolicy.controls.map((control) =>
    observe(quickPolicy.policy, control, JSON.parse(facts), issuedAt),
  );
  const texts: Record<string, string | undefined> = {
    [hostPartName]: JSON.stringify({ v: 1, hostname: agent, os: 'Debian', agentVersion: '0', labels: {} }),
    [observationsPartName]: JSON.stringify({ v: 1, observations }),
    [factsPartName('password-age')]: facts,
    ...draft.parts,
  };
  const parts: Part[] = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [{ name, salt: randomBytes(32), bytes: Buffer.from(text) }],
  );
  const { policy, version, digest } = quickPolicy;
  const statement = {
    v: 1,
    agent,
    epoch,
    seq,
    prev,
    issuedAt: issuedAt.toISOString(),
    policies: [{ policy, version, digest }],
    body: parts.map((part) => ({ name: part.name, commitment: commitmentOf(part) })),
    counts: countVerdicts(observations),
    seen: null,
    ...draft.statement,
  };
  const bytes = Buffer.from(JSON.stringify(statement));
  const submission: Submission = {
    v: 1,
    envelope: signEnvelope(reportPayloadType, bytes, signer),
    parts: parts.filter(({ name }) => !unsent.includes(name)).map(packPart),
    policies: [{ digest, zstd: pack(Buffer.from(quickPolicy.text)) }],
    held: 0,
  };
  return { submission, digest: digestOf(bytes) };
}

export interface Posted {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
  readonly retryAfter: string | null;
}

export async function post(collector: Pick<Collector, 'url'>, path: string, body: unknown): Promise<Posted> {
  const response = await fetch(new URL(path, collector.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.json(),
    retryAfter: response.headers.get('retry-after'),
  };
}

export function send(collector: Pick<Collector, 'url'>, { submission }: Pick<Drafted, 'submission'>): Promise<Posted> {
  return post(collector, '/api/v1/reports', submission);
}

/** A zstd frame in base64 of so many zeros: some hundred bytes that hold megabytes. */
export function bomb(length: number): string {
  return zstdCompressSync(Buffer.alloc(length)).toString('base64');
}

/** How many entries the log has. */
export async function logSize(collector: Pick<Collector, 'url'>): Promise<number> {
  const response = await fetch(new URL('/readyz', collector.url));
  return ((await response.json()) as { entries: number }).entries;
}
