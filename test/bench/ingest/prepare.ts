/**
 * A worker that is a share of the fleet: enrols its hosts, sends their first reports, and signs all that they will send
 * later onto disk, so that the measurement has nothing left to make.
 */
import { mkdirSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { EnrolmentAnswer, Receipt, type EnrolmentRequest, type Submission } from '../../../evidence/exchange.ts';
import { openCheckpoint } from '../../../evidence/checkpoint.ts';
import { parseProof } from '../../../evidence/proof.ts';
import { parseLogKey } from '../../../evidence/vkey.ts';
import { hostName } from './fleet.ts';
import { ReportingHost } from './host.ts';
import { requestsFile, writeRequests } from './requests.ts';

/** Reports of each host in one measurement. */
export interface Stage {
  readonly folder: string;
  readonly reportsEach: number;
  /** One report of so many brings new observations and facts. */
  readonly changesOneIn: number;
}

export interface PrepareInput {
  readonly url: string;
  readonly logKey: string;
  readonly hosts: readonly { readonly number: number; readonly token: string }[];
  readonly stages: readonly Stage[];
}

const input = workerData as PrepareInput;

for (const { number, token } of input.hosts) {
  const host = new ReportingHost(hostName(number));
  await enter(host, token);
  for (const { folder, ...stage } of input.stages) {
    mkdirSync(folder, { recursive: true });
    writeRequests(requestsFile(folder, number), bodiesOf(host, number, stage));
  }
}

async function enter(host: ReportingHost, token: string): Promise<void> {
  const request: EnrolmentRequest = { v: 1, token, agent: host.agent, publicKey: host.publicKey };
  host.enrolled(EnrolmentAnswer.parse(await post('enrol', request)).epoch);
  const receipt = Receipt.parse(await post('reports', host.first()));
  const checkpoint = openCheckpoint(parseProof(receipt.proof).checkpoint, [parseLogKey(input.logKey)]);
  host.proven({ origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root.toString('base64') });
}

function* bodiesOf(
  host: ReportingHost,
  number: number,
  { reportsEach, changesOneIn }: Omit<Stage, 'folder'>,
): Iterable<string> {
  for (let report = 0; report < reportsEach; report++) {
    yield withoutHeld(host.next((report + number) % changesOneIn === 0));
  }
}

/** All but the checkpoint that the host will hold by then, which is not signed. */
function withoutHeld(submission: Submission): string {
  return JSON.stringify({ ...submission, held: 0 }).slice(0, -'0}'.length);
}

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${input.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}
