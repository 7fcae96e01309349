import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { endingDays, Ready } from '../agent/doctor/reach.ts';
import type { Finding } from '../agent/doctor/findings.ts';
import { examineFolder } from '../agent/doctor/folder.ts';
import { readIfThere } from '../agent/durable.ts';
import { describeFailure } from '../agent/post.ts';
import { agentVersion } from '../agent/version.ts';
import { EvidenceError } from '../evidence/error.ts';
import { ProblemDetails } from '../evidence/exchange.ts';
import { rootOf } from '../evidence/merkle.ts';
import { TileTree } from '../evidence/tile-tree.ts';
import { parseLogKey } from '../evidence/vkey.ts';
import { isFuture } from '../policies/quantities.ts';
import { examineAuthority } from './clients/doctor.ts';
import { guardFile, type CollectorConfig } from './config.ts';
import { Handovers } from './log/handovers.ts';
import { verificationKeyOf } from './log/keys.ts';
import { prepareLog } from './log/log-statements.ts';
import { brokenPromise, type PromisedLog } from './log/promise.ts';
import { reservedBytes } from './log/room.ts';
import { StoreError } from './store/database.ts';
import { evidenceForReading, hasEvidence } from './store/store.ts';

/** For the listener's answer, in seconds. */
const patience = 5;

/** Looks at all that a collector needs, and changes nothing; works while it runs. */
export async function examineCollector(config: CollectorConfig, at: Date): Promise<Finding[]> {
  const folder = examineFolder({ data: config.data, reserved: reservedBytes, service: 'a collector' });
  const isThere = !folder.some(({ code }) => code === 'folder.missing' || code === 'folder.unread');
  const isRunning = folder.some(({ code }) => code === 'lock.taken');
  const certificate = config.tls === undefined ? [] : examineCertificate(config.tls, at);
  const listener: Finding[] = isRunning
    ? await examineListener(config)
    : [{ code: 'collector.stopped', seen: `no collector works in ${config.data}` }];
  const authority = isThere ? examineAuthority(config, at) : [];
  return [...folder, ...(isThere ? examineLog(config, at) : []), ...certificate, ...authority, ...listener];
}

function examineLog(config: CollectorConfig, at: Date): Finding[] {
  if (!hasEvidence(config.data)) return [{ code: 'store.none', seen: `no log is in ${config.data} yet` }];
  try {
    const database = evidenceForReading(config.data);
    try {
      return examineHead(database, config, at);
    } finally {
      database.close();
    }
  } catch (error) {
    // Whatever SQLite cannot read is for scrub to name.
    return [{ code: 'store.unread', seen: error instanceof Error ? error.message : String(error) }];
  }
}

function examineHead(database: DatabaseSync, config: CollectorConfig, at: Date): Finding[] {
  const sql = prepareLog(database);
  const head = sql.head.get();
  if (head === undefined) return [{ code: 'store.none', seen: `the log in ${config.data} has not begun` }];
  const [origin, size, receivedAt] = [String(head.origin), Number(head.size), String(head.received_at)];
  if (origin !== config.origin) {
    return [{ code: 'store.unread', seen: `the database holds the log ${origin}, expected ${config.origin}` }];
  }
  const found: Finding[] = [
    { code: 'store.sound', seen: size === 0 ? 'no entries yet' : `${size} entries, the last of ${receivedAt}` },
  ];
  if (isFuture(receivedAt, at)) {
    found.push({
      code: 'clock.wrong',
      seen: `the last entry is of ${receivedAt}, and this clock says ${at.toISOString()}`,
    });
  }
  let logKey: string;
  try {
    logKey = verificationKeyOf(config.data, origin, database);
    found.push({ code: 'key.kept', seen: logKey });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [...found, { code: 'key.missing', seen: error.message }];
  }
  const tree = new TileTree(size, {
    read: (level, index) => sql.tile.get(level, index)?.hashes as Uint8Array | undefined,
  });
  const former = new Handovers(database).list().map((handover) => handover.logKey);
  const keys = [logKey, ...former].map(parseLogKey);
  return [...found, examineGuard(guardFile(config), { origin, keys, head: { size }, rootAt: (n) => rootOf(n, tree) })];
}

function examineGuard(file: string, log: PromisedLog): Finding {
  try {
    const note = readIfThere(file);
    if (note === undefined) return { code: 'guard.missing', seen: `${file} is not there` };
    const broken = brokenPromise(note, `the guard ${file}`, log);
    if (broken !== undefined) return { code: 'guard.broken', seen: broken.message };
    return { code: 'guard.continues', seen: `the log continues what ${file} holds` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const kind = error instanceof EvidenceError ? 'holds no head of this log' : 'cannot be read';
    return { code: 'guard.broken', seen: `${file} ${kind}: ${why}` };
  }
}

/** Whether the files of `tls` are a certificate and its own key, and until when. */
export function examineCertificate({ certificate, key }: { certificate: string; key: string }, at: Date): Finding[] {
  try {
    const leaf = new X509Certificate(readFileSync(certificate));
    if (!leaf.checkPrivateKey(createPrivateKey(readFileSync(key)))) {
      return [{ code: 'certificate.broken', seen: `${key} is not the key of ${certificate}` }];
    }
    const until = leaf.validToDate;
    const seen = `${certificate} holds until ${until.toISOString()}`;
    const isEnding = until.getTime() - at.getTime() < endingDays * 86_400_000;
    return [
      isEnding
        ? { code: 'tls.ending', seen: `${seen}, expected ${endingDays} days or more` }
        : { code: 'certificate.sound', seen },
    ];
  } catch (error) {
    return [{ code: 'certificate.broken', seen: `${certificate}, ${key}: ${describeFailure(error)}` }];
  }
}

/** Asks the collector where it listens. Whether its name is right is seen by those who come from elsewhere. */
async function examineListener(config: CollectorConfig): Promise<Finding[]> {
  const where = reachable(config.listen);
  let answer: IncomingMessage;
  let body: unknown;
  try {
    answer = await askListener(config.listen, '/readyz', config.tls !== undefined);
    body = JSON.parse(await text(answer));
  } catch (error) {
    return [{ code: 'tcp.failed', seen: `a collector runs, and ${where} does not answer: ${describeFailure(error)}` }];
  }
  const served = answer.socket instanceof TLSSocket ? stale(answer.socket, config.tls) : [];
  const ready = Ready.safeParse(body);
  if (!ready.success) {
    const problem = ProblemDetails.safeParse(body).data;
    return [
      ...served,
      { code: 'http.unready', seen: `it is not ready: ${problem?.detail ?? `HTTP ${answer.statusCode ?? 0}`}` },
    ];
  }
  const { version = 'before 0.1.0' } = ready.data;
  const seen = `the collector at ${where} is ready, version ${version}`;
  if (version === agentVersion) return [...served, { code: 'http.ready', seen }];
  return [...served, { code: 'version.restart', seen: `${seen}, and this program is ${agentVersion}` }];
}

/** A renewed certificate is served within a minute; what stays behind for longer could not be served. */
function stale(socket: TLSSocket, files: CollectorConfig['tls']): Finding[] {
  const served = socket.getPeerX509Certificate()?.fingerprint256;
  if (files === undefined || served === undefined) return [];
  const isServed = new X509Certificate(readFileSync(files.certificate)).fingerprint256 === served;
  return isServed
    ? []
    : [{ code: 'certificate.stale', seen: `another certificate is served than that of ${files.certificate}` }];
}

/** Where something that listens is reached from its own machine. */
export function reachable({ address, port }: CollectorConfig['listen']): string {
  return `${hostOf(address)}:${port}`;
}

function hostOf(address: string): string {
  return ['0.0.0.0', '::'].includes(address) ? 'localhost' : address;
}

/** Asks who listens on this machine, whoever its certificate is for. @throws Error where nobody answers in time */
export function askListener(
  { address, port }: CollectorConfig['listen'],
  path: string,
  isSecure: boolean,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { host: hostOf(address), port, path, signal: AbortSignal.timeout(patience * 1000), agent: false };
    // Nothing is told to it, and it is compared with the file.
    const sent = isSecure ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options);
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end();
  });
}
