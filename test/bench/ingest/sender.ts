/**
 * A process that sends what was prepared as fast as it is answered, and tells its parent how that went. One message
 * begins it; each tenth of the way, and the end, are messages back.
 */
import { appendFileSync } from 'node:fs';
import { percentile } from '../figures.ts';
import { Connection, type Answer } from './connection.ts';
import { hostName } from './fleet.ts';
import { Requests, requestsFile } from './requests.ts';

export interface SendOrder {
  readonly what: 'reports' | 'pushes';
  readonly url: string;
  readonly folder: string;
  readonly hosts: number;
  readonly connections: number;
  /** Requests of all hosts together. */
  readonly count: number;
  /** One answer of so many is kept in a file, to be verified afterwards. */
  readonly samples?: { readonly file: string; readonly oneIn: number };
}

export type Sent =
  | { readonly tenth: number }
  | {
      readonly seconds: number;
      /** Of this process. */
      readonly cpuSeconds: number;
      /** Milliseconds, from the first byte of a request to the last of its answer. */
      readonly median: number;
      readonly p99: number;
    };

/** A line of the file of samples. */
export interface Sample {
  /** The submission as it was sent. */
  readonly submission: string;
  readonly receipt: string;
  /** The signed note of the checkpoint held before. */
  readonly held: string | undefined;
}

/** What a host keeps of its last proof. */
interface Held {
  readonly size: string;
  readonly note: string;
}

process.once('message', (order) => void send(order as SendOrder));

async function send(order: SendOrder): Promise<void> {
  const { connections, count } = order;
  const latencies = new Float64Array(count);
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let answered = 0;
  const take = (milliseconds: number): void => {
    latencies[answered] = milliseconds;
    answered += 1;
    if (answered % (count / 10) === 0) tell({ tenth: answered / (count / 10) });
  };
  await Promise.all(Array.from({ length: connections }, (_, number) => sendOver(number, order, take)));
  if (answered !== count) throw new Error(`${answered} requests were prepared, expected ${count}`);
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const figures = [...latencies];
  const [median, p99] = [percentile(figures, 0.5), percentile(figures, 0.99)];
  tell({ seconds, cpuSeconds: (user + system) / 1e6, median, p99 });
  process.disconnect?.();
}

function tell(message: Sent): void {
  process.send?.(message);
}

/** The hosts of one connection, in turn. */
async function sendOver(number: number, order: SendOrder, take: (milliseconds: number) => void): Promise<void> {
  const connection = await Connection.to(new URL(order.url));
  const hosts: { number: number; requests: Requests }[] = [];
  for (let host = number; host < order.hosts; host += order.connections) {
    hosts.push({ number: host, requests: new Requests(requestsFile(order.folder, host)) });
  }
  const held = new Map<number, Held>();
  for (let sent = 0; ; sent++) {
    const host = hosts[sent % hosts.length];
    const prepared = host?.requests.next();
    if (host === undefined || prepared === undefined) break;
    const before = held.get(host.number);
    const isReport = order.what === 'reports';
    const body = isReport ? Buffer.concat([prepared, Buffer.from(heldOf(before))]) : prepared;
    const begun = performance.now();
    const answer = isReport
      ? await connection.ask('POST', '/api/v1/reports', 'application/json', body)
      : await connection.ask('PUT', `/metrics/job/waarborg/instance/${hostName(host.number)}`, 'text/plain', body);
    take(performance.now() - begun);
    assertTaken(answer);
    if (!isReport) continue;
    held.set(host.number, checkpointIn(answer.body));
    const { file, oneIn } = order.samples ?? { oneIn: Infinity };
    if (file !== undefined && (sent * order.connections + number) % oneIn === 0) {
      const sample: Sample = { submission: body.toString(), receipt: answer.body.toString(), held: before?.note };
      appendFileSync(file, `${JSON.stringify(sample)}\n`);
    }
  }
  connection.end();
}

/** The end of a submission, which is not signed: what the host holds by then. */
function heldOf(held: Held | undefined): string {
  return held === undefined ? '0}' : `${held.size},"checkpoint":${JSON.stringify(held.note)}}`;
}

function assertTaken({ status, body }: Answer): void {
  if (status !== 200 && status !== 202) throw new Error(`${status} ${body.toString()}`);
}

/** As an agent does: keeps the newest checkpoint, and asks next time that the log be its continuation. */
function checkpointIn(receipt: Buffer): Held {
  const { proof } = JSON.parse(receipt.toString()) as { proof: string };
  const note = proof.slice(proof.indexOf('\n\n') + 2);
  return { note, size: note.split('\n', 2)[1] ?? '' };
}
