import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { LogKeys } from '../../evidence/handover.ts';
import { ProblemDetails } from '../../evidence/exchange.ts';
import { clockToleranceSeconds } from '../../policies/quantities.ts';
import { lateTls } from '../host/late.ts';
import type { Way } from '../identity.ts';
import { describeFailure, getJson, type Answer } from '../post.ts';
import type { Finding } from './findings.ts';

/** For each step, in seconds. */
const patience = 5;

/** A certificate is renewed by now that ends sooner, in days: those of Let's Encrypt are renewed thirty days before. */
export const endingDays = 14;

/** A difference that no synchronised clock has, in seconds; HTTP tells whole seconds. */
const noticedSeconds = 5;

/** What a collector says of itself at `/readyz`; those before it told their version do not. */
export const Ready = z.looseObject({
  status: z.literal('ready'),
  version: z.string().optional(),
  clientCertificates: z.enum(['off', 'optional', 'required']).default('off'),
});

/** What was seen on the way to a collector. */
export interface Reached {
  readonly findings: readonly Finding[];
  /** The collector's version where it told one. */
  readonly version?: string;
  /** The key that its log signs with now. */
  readonly logKeys?: LogKeys;
  /** Whether agents come with client certificates. */
  readonly clientCertificates?: z.output<typeof Ready>['clientCertificates'];
}

/** Goes the way that reports go, step by step, and stops where the next step cannot be: name, connection, TLS, answer. */
export async function reach({ collector, ca }: Way, now: () => Date): Promise<Reached> {
  const url = new URL(collector);
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const findings: Finding[] = [];
  const isOn = (finding: Finding, next: Finding['code'] = finding.code): boolean => {
    findings.push(finding);
    return finding.code === next;
  };
  if (!isOn(await resolve(name), 'dns.resolved')) return { findings };
  if (!isOn(await connectTo(name, port), 'tcp.connected')) return { findings };
  if (url.protocol === 'https:') {
    const secured = await secure(name, port, ca, now());
    findings.push(...secured);
    if (secured.some(({ code }) => code !== 'tls.trusted' && code !== 'tls.ending')) return { findings };
  } else findings.push(plain(name));
  const answered = await ask(url, ca, now);
  return { ...answered, findings: [...findings, ...answered.findings] };
}

async function resolve(name: string): Promise<Finding> {
  if (isIP(name) !== 0) return { code: 'dns.resolved', seen: `${name} is an address` };
  try {
    const addresses = await lookup(name, { all: true });
    return { code: 'dns.resolved', seen: `${name} is ${addresses.map(({ address }) => address).join(', ')}` };
  } catch (error) {
    return { code: 'dns.failed', seen: `${name} has no address here: ${describeFailure(error)}` };
  }
}

async function connectTo(name: string, port: number): Promise<Finding> {
  const socket = connect({ host: name, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(patience * 1000) });
    return { code: 'tcp.connected', seen: `port ${port} of ${name} answers` };
  } catch (error) {
    return { code: 'tcp.failed', seen: `port ${port} of ${name} does not answer: ${reasonOf(error)}` };
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** Plain HTTP stays on the machine that it is spoken on. */
function plain(name: string): Finding {
  const isLoopback = name === 'localhost' || name === '::1' || name.startsWith('127.');
  return isLoopback
    ? { code: 'tls.plain', seen: 'plain HTTP, which does not leave this machine' }
    : { code: 'tls.plain-far', seen: `plain HTTP to ${name}, expected https` };
}

async function secure(name: string, port: number, ca: string | undefined, at: Date): Promise<Finding[]> {
  let socket: TLSSocket | undefined;
  try {
    const authorities = ca === undefined ? {} : { ca: readFileSync(ca) };
    const servername = isIP(name) === 0 ? { servername: name } : {};
    socket = lateTls().connect({
      ...{ host: name, port, ...servername, ...authorities },
      // What is wrong with it is told below, with what it is.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
    });
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(patience * 1000) });
    return judgeCertificate(socket, name, at);
  } catch (error) {
    return [{ code: 'tls.failed', seen: `no TLS came about with ${name}: ${reasonOf(error)}` }];
  } finally {
    socket?.on('error', () => undefined).destroy();
  }
}

function judgeCertificate(socket: TLSSocket, name: string, at: Date): Finding[] {
  const { validToDate: notAfter, issuer } = socket.getPeerX509Certificate() ?? {};
  const by = issuer?.split('\n').join(', ') ?? 'nobody';
  if (!socket.authorized) {
    // Node's types know an error here, which is a code at run time where the name is right.
    const why = String(socket.authorizationError);
    return [{ code: 'tls.untrusted', seen: `the certificate of ${name}, issued by ${by}, is not trusted: ${why}` }];
  }
  const until = notAfter === undefined ? 'an unknown moment' : notAfter.toISOString();
  const version = socket.getProtocol() ?? 'TLS';
  const found: Finding[] = [
    { code: 'tls.trusted', seen: `${version}, a certificate by ${by} that holds until ${until}` },
  ];
  if (notAfter !== undefined && notAfter.getTime() - at.getTime() < endingDays * 86_400_000) {
    found.push({ code: 'tls.ending', seen: `it ends at ${until}, expected ${endingDays} days or more` });
  }
  return found;
}

async function ask(url: URL, ca: string | undefined, now: () => Date): Promise<Reached> {
  let answer: Answer;
  let keys: Answer;
  try {
    answer = await getJson(new URL('/readyz', url), { seconds: patience, ca });
    keys = await getJson(new URL('/api/v1/log-keys', url), { seconds: patience, ca });
  } catch (error) {
    return {
      findings: [
        { code: 'http.other', seen: `${url.origin} does not answer as a collector: ${describeFailure(error)}` },
      ],
    };
  }
  const clock = answer.headers.date === undefined ? [] : [judgeClock(new Date(answer.headers.date), now())];
  const ready = Ready.safeParse(answer.body);
  const logKeys = LogKeys.safeParse(keys.body);
  if (!ready.success || !logKeys.success) {
    const problem = ProblemDetails.safeParse(answer.body);
    const unready = `the collector is not ready: ${problem.data?.code ?? ''}, ${problem.data?.detail ?? ''}`;
    const other = `${url.origin} does not answer as a collector: HTTP ${answer.status} at /readyz, ${keys.status} at /api/v1/log-keys`;
    const finding: Finding = problem.success
      ? { code: 'http.unready', seen: unready }
      : { code: 'http.other', seen: other };
    return { findings: [finding, ...clock] };
  }
  const { version, clientCertificates } = ready.data;
  const told = `the collector at ${url.origin} is ready${version === undefined ? '' : `, version ${version}`}`;
  return {
    findings: [{ code: 'http.ready', seen: told }, ...clock],
    logKeys: logKeys.data,
    clientCertificates,
    ...(version === undefined ? {} : { version }),
  };
}

/** @param there the collector's clock, in whole seconds as HTTP has it (RFC 9110 6.6.1) */
export function judgeClock(there: Date, here: Date): Finding {
  const seconds = Math.round(Math.abs(here.getTime() - there.getTime()) / 1000);
  const side = here > there ? 'ahead of' : 'behind';
  if (Number.isNaN(seconds)) return { code: 'clock.off', seen: 'the collector tells a moment that is none' };
  const seen = `this clock is ${seconds} s ${side} the collector’s`;
  if (seconds > clockToleranceSeconds)
    return { code: 'clock.wrong', seen: `${seen}, expected ${clockToleranceSeconds} at most` };
  if (seconds > noticedSeconds) return { code: 'clock.off', seen: `${seen}, expected ${noticedSeconds} at most` };
  return { code: 'clock.right', seen: 'this clock and the collector’s agree' };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError') return `silent for ${patience} s`;
  return describeFailure(error);
}
