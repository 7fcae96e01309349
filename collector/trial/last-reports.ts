import { setImmediate } from 'node:timers/promises';
import { unverifiedPayload } from '../../evidence/envelope.ts';
import type { Entry } from '../../evidence/entry.ts';
import { HeardHosts } from '../../evidence/heard.ts';
import { Organisation } from '../../evidence/organisation.ts';
import type { Statement } from '../../evidence/report.ts';
import { Samples } from '../../evidence/spot-checks/samples.ts';
import { decodeStatement } from '../../evidence/statement.ts';
import type { Policy } from '../../policies/load.ts';
import { documentsOf } from '../reports/definitions.ts';
import type { ReportedEvidence } from '../reports/evidence.ts';

/** How a log stands at its end. */
export interface LogEnd {
  /** The last report of each host that is enrolled, by host. */
  readonly reports: readonly Statement[];
  /** What people did; undefined where entries are left out, for then nobody knows. */
  readonly organisation: Organisation | undefined;
  readonly document: (digest: string) => Policy | undefined;
}

/** Between two of these many entries others get their turn. */
const entriesAtOnce = 500;

/** Reads a log from its beginning to its end. */
export async function readEnd(evidence: ReportedEvidence): Promise<LogEnd> {
  const document = documentsOf(evidence);
  const reader = new EndReader(evidence, document);
  let count = 0;
  for (const { index, entry } of evidence.entries()) {
    reader.take(entry, index);
    count += 1;
    if (count % entriesAtOnce === 0) await setImmediate();
  }
  const organisation = count === evidence.log.size ? reader.organisation : undefined;
  return { reports: reader.reports(), organisation, document };
}

class EndReader {
  readonly organisation: Organisation;
  readonly #heard = new HeardHosts();
  readonly #samples: Samples;
  readonly #last = new Map<string, Statement>();

  constructor(evidence: Pick<ReportedEvidence, 'rootAt'>, document: LogEnd['document']) {
    this.#samples = new Samples({ rootAt: (size) => evidence.rootAt(size), document });
    this.organisation = new Organisation(this.#heard, this.#samples);
  }

  take(entry: Entry, index: number): void {
    const { receivedAt } = entry;
    if (entry.kind === 'report') {
      const statement = decodeStatement(unverifiedPayload(entry.envelope));
      this.#samples.receive(index, receivedAt, statement && { statement, envelope: entry.envelope });
      if (statement !== undefined) this.#hear(statement, receivedAt);
      return;
    }
    this.#samples.receive(index, receivedAt);
    if (entry.kind === 'agent.enrol') this.#heard.enrol(entry);
    if (entry.kind === 'agent.revoke') {
      this.#heard.revoke(entry);
      this.organisation.owed.forget(entry.agent);
    }
    if (entry.kind === 'act') this.organisation.take(entry);
  }

  reports(): Statement[] {
    return [...this.#last.values()]
      .filter(({ agent }) => this.#heard.get(agent) !== undefined)
      .sort((a, b) => (a.agent < b.agent ? -1 : 1));
  }

  #hear(statement: Statement, receivedAt: string): void {
    this.#heard.report(statement, receivedAt);
    this.organisation.owed.report(statement.agent, statement.counts.fail, receivedAt);
    const before = this.#last.get(statement.agent);
    if (before === undefined || before.epoch <= statement.epoch) this.#last.set(statement.agent, statement);
  }
}
