import { decodeEntry, type Entry, type ReportReceived } from '../../evidence/entry.ts';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import { hostPartName, type Statement } from '../../evidence/report.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import {
  hasLabels,
  hostOf,
  namesHost,
  picksHosts,
  placeInPeriod,
  shownParts,
  type Scope,
} from '../../evidence/scope.ts';
import type { Policy } from '../../policies/load.ts';
import type { Labels } from '../../policies/schema.ts';
import { StoreError } from '../store/database.ts';

/** What a selection reads of a log, all of one moment. */
export interface SelectionSource {
  /** @returns the entry's exact bytes */
  entry(index: number): Uint8Array;
  /** Every report, in the order of the log. */
  reports(): Iterable<ReportPlace>;
  /** The indexes of every other entry, ascending. */
  administrative(): Iterable<number>;
  /** @returns undefined where the part is not there any more */
  labels(hostCommitment: string): Labels | undefined;
  /** @param digest of a document that a report names */
  document(digest: string): Policy;
}

export interface ReportPlace {
  readonly index: number;
  readonly agent: string;
  readonly epoch: number;
  readonly receivedAt: string;
}

/** What of a log a scope shows. */
export interface Selection {
  /** Indexes of entries. */
  readonly entries: ReadonlySet<number>;
  /** Commitments of parts. */
  readonly parts: ReadonlySet<string>;
  /** Digests of documents. */
  readonly documents: ReadonlySet<string>;
}

/** A scope of which the log has nothing. */
export class ScopeError extends Error {
  readonly code = 'export.scope';
}

/**
 * Chooses what a scope shows, by the rules that the verifier holds a bundle against (`evidence/scope.ts`).
 * @throws ScopeError where a host or policy of the scope is not in the log, or no host has its labels
 */
export function selectEvidence(scope: Scope, source: SelectionSource): Selection {
  const chains = chainsOf(scope, source);
  const hosts = hostsWithLabels(scope, chains, source);
  const entries = new Set(administrativeEntries(scope, hosts, source));
  const parts = new Set<string>();
  const documents = new Set(followedDocuments(entries, source));
  for (const chain of chains) {
    if (!hosts.has(chain.agent)) continue;
    for (const index of [chain.before, chain.after]) if (index !== undefined) entries.add(index);
    for (const index of chain.within) {
      entries.add(index);
      const { body, policies } = statementAt(index, source);
      for (const { digest } of policies) documents.add(digest);
      const judgedBy = policies.map(({ digest }) => source.document(digest));
      for (const { commitment } of shownParts(scope, body, judgedBy)) parts.add(commitment);
    }
  }
  return { entries, parts, documents };
}

/** An agent's reports under one epoch, by their indexes. */
interface Chain {
  readonly agent: string;
  /** The last before the period. */
  before: number | undefined;
  readonly within: number[];
  /** The first after it. */
  after: number | undefined;
}

function chainsOf(scope: Scope, source: SelectionSource): Chain[] {
  const chains = new Map<string, Chain>();
  for (const { index, agent, epoch, receivedAt } of source.reports()) {
    if (!namesHost(scope, agent)) continue;
    const name = `${agent} ${epoch}`;
    const chain = chains.get(name) ?? { agent, before: undefined, within: [], after: undefined };
    chains.set(name, chain);
    switch (placeInPeriod(scope, receivedAt)) {
      case 'before':
        chain.before = index;
        break;
      case 'in':
        chain.within.push(index);
        break;
      case 'after':
        chain.after ??= index;
    }
  }
  return [...chains.values()];
}

/** The hosts of the scope: where it has labels, those that had them in a report of the period. */
function hostsWithLabels(
  scope: Scope,
  chains: readonly Chain[],
  source: SelectionSource,
): { has(agent: string): boolean } {
  if (Object.keys(scope.labels).length === 0) return { has: (agent) => namesHost(scope, agent) };
  const isLabelled = new Map<string, boolean>();
  const hosts = new Set<string>();
  for (const { agent, within } of chains) {
    for (const index of within) {
      if (hosts.has(agent)) break;
      const commitment = statementAt(index, source).body.find(({ name }) => name === hostPartName)?.commitment ?? '';
      let matches = isLabelled.get(commitment);
      if (matches === undefined) {
        const labels = source.labels(commitment);
        matches = labels !== undefined && hasLabels(scope, labels);
        isLabelled.set(commitment, matches);
      }
      if (matches) hosts.add(agent);
    }
  }
  if (hosts.size > 0) return hosts;
  const labels = Object.entries(scope.labels).map(([name, value]) => `${name}=${value}`);
  throw new ScopeError(`no host reported with the labels ${labels.join(', ')} in that period`);
}

/** Those of the whole log, and of the hosts that are shown. */
function administrativeEntries(
  scope: Scope,
  hosts: { has(agent: string): boolean },
  source: SelectionSource,
): number[] {
  const unseen = new Set([
    ...scope.hosts.map((host) => `host ${host}`),
    ...scope.policies.map((name) => `policy ${name}`),
  ]);
  const shown: number[] = [];
  for (const index of source.administrative()) {
    const entry = entryAt(index, source);
    if (entry.kind === 'report')
      throw new StoreError('store.damaged', `entry ${index} is a report that is not indexed`);
    const host = hostOf(entry);
    if (host !== undefined && hosts.has(host)) unseen.delete(`host ${host}`);
    if (entry.kind === 'policy.set') unseen.delete(`policy ${entry.policy}`);
    if (host === undefined ? entry.kind !== 'act' || !picksHosts(scope) : hosts.has(host)) shown.push(index);
  }
  if (unseen.size === 0) return shown;
  throw new ScopeError(
    `nothing to show of ${[...unseen].join(', ')}: expected names that stand in this log, and hosts with the labels asked for`,
  );
}

/** What the organisation is held to, where its acts are shown: without these nobody could judge by them. */
function followedDocuments(entries: ReadonlySet<number>, source: SelectionSource): string[] {
  return [...source.administrative()].flatMap((index) => {
    const entry = entries.has(index) ? entryAt(index, source) : undefined;
    if (entry?.kind !== 'act' || entry.act.act !== 'follow') return [];
    return entry.act.policies.map(({ digest }) => digest);
  });
}

function entryAt(index: number, source: SelectionSource): Entry {
  return decodeEntry(source.entry(index));
}

function statementAt(index: number, source: SelectionSource): Statement {
  const entry = entryAt(index, source);
  const statement = entry.kind === 'report' ? payloadOf(entry) : undefined;
  if (statement !== undefined) return statement;
  throw new StoreError('store.damaged', `entry ${index} is not the report that the index says: restore a backup`);
}

function payloadOf({ envelope }: ReportReceived): Statement | undefined {
  return decodeStatement(unverifiedPayload(envelope));
}
