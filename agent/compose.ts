import { randomBytes, type KeyObject } from 'node:crypto';
import type { Checkpoint } from '../evidence/checkpoint.ts';
import { signEnvelope } from '../evidence/envelope.ts';
import { maximumSubmission, pack, packPart } from '../evidence/exchange.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  factsPartName,
  hostPartName,
  maximumObservations,
  maximumPolicies,
  observationsPartName,
  reportPayloadType,
  HostPart,
  ObservationsPart,
  type Statement,
} from '../evidence/report.ts';
import type { Policy } from '../policies/load.ts';
import type { Identity } from './identity.ts';
import type { Run } from './run.ts';
import type { ChainEnd, SpooledPart, SpooledReport } from './spool.ts';

export interface ComposeInput {
  readonly identity: Identity;
  /** A key that may count instead of the identity's when the report arrives. */
  readonly nextKey?: KeyObject;
  readonly host: Omit<HostPart, 'v'>;
  readonly run: Run;
  readonly policies: readonly Policy[];
  readonly chainEnd: ChainEnd;
  readonly seen: Checkpoint | null;
}

/** A run found more than a report can hold. It is not made: the collector would never take it, nor any that follow it. */
export class ReportTooLargeError extends Error {
  readonly code = 'report.too-large';
}

/**
 * Makes the signed report of a run: the next of its chain.
 * @throws ReportTooLargeError
 */
export function composeReport({ identity, nextKey, host, run, policies, chainEnd, seen }: ComposeInput): SpooledReport {
  const hostPart: HostPart = HostPart.parse({ v: 1, ...host });
  const observationsPart: ObservationsPart = { v: 1, observations: [...run.observations] };
  assertCount(run.observations.length, maximumObservations, 'observations');
  assertCount(policies.length, maximumPolicies, 'policies');
  const texts = [
    [hostPartName, JSON.stringify(hostPart)],
    [observationsPartName, JSON.stringify(observationsPart)],
    ...[...run.facts].map(([kind, text]) => [factsPartName(kind), text] as const),
  ] as const;
  const parts = texts.map(([name, text]) => partOf(name, Buffer.from(text), chainEnd));
  const statement: Statement = {
    v: 1,
    agent: identity.agent,
    epoch: identity.epoch,
    seq: chainEnd.seq + 1,
    prev: chainEnd.prev,
    issuedAt: run.at.toISOString(),
    policies: policies.map(({ policy, version, digest }) => ({ policy, version, digest })),
    body: parts.map(({ name, commitment }) => ({ name, commitment })),
    counts: countVerdicts(run.observations),
    seen: seen && { origin: seen.origin, size: seen.size, root: seen.root.toString('base64') },
  };
  const bytes = Buffer.from(JSON.stringify(statement));
  const report: SpooledReport = {
    v: 1,
    epoch: identity.epoch,
    seq: statement.seq,
    statement: digestOf(bytes),
    envelope: signEnvelope(reportPayloadType, bytes, identity.key, ...(nextKey === undefined ? [] : [nextKey])),
    parts,
    policies: policies.map(({ digest, text }) => ({ digest, zstd: pack(Buffer.from(text)) })),
  };
  // What is spooled is a little longer than what is sent of it.
  assertCount(JSON.stringify(report).length, maximumSubmission, 'bytes');
  return report;
}

function assertCount(count: number, maximum: number, what: string): void {
  if (count <= maximum) return;
  throw new ReportTooLargeError(
    `the report would have ${count} ${what}, and at most ${maximum} can be delivered; use fewer policies on this host`,
  );
}

/** A part whose content is the last one's keeps its salt, so that its commitment stays and it need not be sent again. */
function partOf(name: string, bytes: Buffer, chainEnd: ChainEnd): SpooledPart {
  const content = digestOf(bytes);
  const last = chainEnd.parts.find((part) => part.name === name && part.content === content);
  const salt = last === undefined ? randomBytes(32) : Buffer.from(last.salt, 'base64');
  return { ...packPart({ name, salt, bytes }), commitment: commitmentOf({ salt, bytes }), content };
}
