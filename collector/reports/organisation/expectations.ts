import { expectedHosts, spanOfRecord, type Records } from '../../../evidence/registers.ts';
import type { RegisterRecord } from '../../../evidence/register.ts';
import type { ActTaken } from '../../../evidence/act.ts';
import { overlap, type Span } from '../../../policies/moments.ts';

interface Standing {
  readonly record: RegisterRecord;
  /** When it was written down as it stands. */
  readonly since: number;
}

/**
 * When the register expected which hosts, by the acts of the log in its order. What a line said counts for the time that
 * it stood: whoever strikes it later, or writes it anew, takes no silence away that was one.
 */
export class Expectations {
  readonly #standing = new Map<string, Standing>();
  readonly #past: { readonly host: string; readonly span: Span }[] = [];

  take({ act, receivedAt }: Pick<ActTaken, 'act' | 'receivedAt'>): void {
    if (act.act !== 'record' && act.act !== 'strike') return;
    const at = Date.parse(receivedAt);
    const id = act.act === 'record' ? act.id : act.of;
    this.#end(id, at);
    if (act.act === 'record') this.#standing.set(id, { record: act.record, since: at });
  }

  /** By host, with what the lines say that stand at the end. */
  by(records: Records): Map<string, Span[]> {
    const spans = expectedHosts(records);
    for (const { host, span } of this.#past) spans.set(host, [...(spans.get(host) ?? []), span]);
    return spans;
  }

  #end(id: string, at: number): void {
    const line = this.#standing.get(id);
    this.#standing.delete(id);
    if (line?.record.of !== 'host') return;
    const span = overlap(spanOfRecord(line.record), { from: line.since, until: at });
    if (span.from < span.until) this.#past.push({ host: line.record.host, span });
  }
}
