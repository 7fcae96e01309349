import type { AttestationFacts, Attestation } from '../policies/checks/attestation.ts';
import type { Case, CasesFacts } from '../policies/checks/cases.ts';
import { read, type Reading } from '../policies/reading.ts';
import { isFilePart, statementPartName, type Act, type ActTaken } from './act.ts';

import type { KeptRecord } from './register.ts';

type ActOf<Name extends Act['act']> = Extract<Act, { act: Name }>;

/** Why an act cannot count: what it is about is not there, is there already, or is of another kind. */
export type ActFlaw = 'act.repeated' | 'act.unknown' | 'act.ended' | 'act.own';

/** A waiver as it stands. */
export interface WaiverState {
  readonly asked: ActOf<'waive'>;
  readonly by: string;
  readonly recorded: string;
  /** By the first who approved of it and did not ask for it himself. */
  readonly approved: { readonly by: string; readonly at: string } | null;
  readonly revoked: string | null;
  /** The commitment of what was said of it; null where nothing was. */
  readonly statement: string | null;
}

/** An attestation as it stands, and of what. */
export interface AttestationState extends Attestation {
  readonly policy: string;
  readonly control: string;
  readonly scope: ActOf<'attest'>['scope'];
}

/**
 * What people did, as the log has it: attestations, waivers, cases. Collector and verifier both take the acts
 * in here, in the order of the log, so that both judge by the same.
 */
export class Organisation {
  readonly #attestations = new Map<string, AttestationState>();
  readonly #waivers = new Map<string, WaiverState>();
  readonly #cases = new Map<string, Case>();
  readonly #records = new Map<string, KeptRecord>();
  #follows: ActOf<'follow'>['policies'] = [];

  /** The documents that the organisation is held to. */
  get follows(): ActOf<'follow'>['policies'] {
    return this.#follows;
  }

  /** By id. */
  get attestations(): ReadonlyMap<string, AttestationState> {
    return this.#attestations;
  }

  get waivers(): ReadonlyMap<string, WaiverState> {
    return this.#waivers;
  }

  get cases(): ReadonlyMap<string, Case> {
    return this.#cases;
  }

  /** The lines of all registers, by id. */
  get records(): ReadonlyMap<string, KeptRecord> {
    return this.#records;
  }

  /** What is wrong with an act that stands here next; undefined where it may be taken. */
  flawOf({ act, by }: Pick<ActTaken, 'act' | 'by'>): ActFlaw | undefined {
    switch (act.act) {
      case 'attest':
      case 'waive':
      case 'open-case':
        return this.#isKnown(act.id) ? 'act.repeated' : undefined;
      case 'record':
        return this.#flawOfRecord(act);
      case 'strike':
        return this.#records.has(act.of) ? undefined : 'act.unknown';
      case 'spot-check':
        return undefined;
      case 'approve':
        return this.#flawOfApproval(act.of, by);
      case 'revoke':
        return this.#flawOfEnding(this.#attestations.get(act.of) ?? this.#waivers.get(act.of));
      case 'take-step':
      case 'close-case': {
        const one = this.#cases.get(act.of);
        if (one === undefined) return 'act.unknown';
        return one.closed !== null && act.act === 'close-case' ? 'act.ended' : undefined;
      }
      case 'follow':
        return undefined;
    }
  }

  /**
   * Takes in the next act.
   * @returns what is wrong with it: then nothing changed
   */
  take(taken: ActTaken): ActFlaw | undefined {
    const flaw = this.flawOf(taken);
    if (flaw === undefined) this.#apply(taken);
    return flaw;
  }

  /** What the log holds for a control, in the form of its check kind's facts; undefined for a kind that hosts show. */
  factsOf(kind: string, { policy, control }: { policy: string; control: string }): Reading<unknown> | undefined {
    if (kind === 'attestation') return read<AttestationFacts>({ attestations: this.#attestationsOf(policy, control) });
    if (kind === 'cases') return read<CasesFacts>({ cases: [...this.#cases.values()] });
    return undefined;
  }

  #attestationsOf(policy: string, control: string): Attestation[] {
    return [...this.#attestations.values()]
      .filter((one) => one.policy === policy && one.control === control && one.scope.of === 'organisation')
      .map(({ id, by, effective, recorded, until, files, approvals, revoked }) => {
        return { id, by, effective, recorded, until, files, approvals, revoked };
      });
  }

  #isKnown(id: string): boolean {
    return this.#attestations.has(id) || this.#waivers.has(id) || this.#cases.has(id) || this.#records.has(id);
  }

  /** A line may be written anew, but none becomes one of another register. */
  #flawOfRecord({ id, record }: ActOf<'record'>): ActFlaw | undefined {
    const before = this.#records.get(id);
    if (before === undefined) return this.#isKnown(id) ? 'act.repeated' : undefined;
    return before.record.of === record.of ? undefined : 'act.repeated';
  }

  #flawOfApproval(of: string, by: string): ActFlaw | undefined {
    const one = this.#attestations.get(of) ?? this.#waivers.get(of);
    if (one?.by === by) return 'act.own';
    return this.#flawOfEnding(one);
  }

  #flawOfEnding(one: { readonly revoked: string | null } | undefined): ActFlaw | undefined {
    if (one === undefined) return 'act.unknown';
    return one.revoked === null ? undefined : 'act.ended';
  }

  #apply({ act, by, receivedAt: recorded, body }: ActTaken): void {
    switch (act.act) {
      case 'attest': {
        const { act: _, ...attested } = act;
        const files = body.filter(({ name }) => isFilePart(name)).length;
        this.#attestations.set(act.id, { ...attested, by, recorded, files, approvals: [], revoked: null });
        break;
      }
      case 'waive':
        this.#waive(act, { by, recorded, statement: commitmentOf(statementPartName, body) });
        break;
      case 'approve':
        this.#approve(act.of, { by, at: recorded });
        break;
      case 'revoke':
        this.#revoke(act.of, recorded);
        break;
      case 'open-case': {
        const { id, of, urgency, began, fields } = act;
        this.#cases.set(id, { id, of, urgency, began, recorded, steps: [], fields: sorted(fields), closed: null });
        break;
      }
      case 'take-step':
        this.#change(act.of, (one) => ({ steps: [...one.steps, { step: act.step, recorded }] }), act.fields);
        break;
      case 'close-case':
        this.#change(act.of, () => ({ closed: recorded }), act.fields);
        break;
      case 'follow':
        this.#follows = act.policies;
        break;
      case 'record': {
        const { id, record } = act;
        const since = this.#records.get(id)?.recorded ?? recorded;
        this.#records.set(id, { id, record, recorded: since, changed: recorded });
        break;
      }
      case 'strike':
        this.#records.delete(act.of);
        break;
      case 'spot-check':
        break;
    }
  }

  #waive(asked: ActOf<'waive'>, said: Pick<WaiverState, 'by' | 'recorded' | 'statement'>): void {
    this.#waivers.set(asked.id, { asked, ...said, approved: null, revoked: null });
  }

  #approve(of: string, approval: { readonly by: string; readonly at: string }): void {
    const attested = this.#attestations.get(of);
    if (attested !== undefined) {
      this.#attestations.set(of, { ...attested, approvals: [...attested.approvals, approval] });
    }
    const waiver = this.#waivers.get(of);
    if (waiver !== undefined) this.#waivers.set(of, { ...waiver, approved: waiver.approved ?? approval });
  }

  #revoke(of: string, revoked: string): void {
    const attested = this.#attestations.get(of);
    if (attested !== undefined) this.#attestations.set(of, { ...attested, revoked });
    const waiver = this.#waivers.get(of);
    if (waiver !== undefined) this.#waivers.set(of, { ...waiver, revoked });
  }

  #change(id: string, change: (one: Case) => Partial<Case>, fields: readonly string[]): void {
    const one = this.#cases.get(id);
    if (one !== undefined) this.#cases.set(id, { ...one, ...change(one), fields: sorted([...one.fields, ...fields]) });
  }
}

function commitmentOf(part: string, body: ActTaken['body']): string | null {
  return body.find(({ name }) => name === part)?.commitment ?? null;
}

function sorted(fields: readonly string[]): string[] {
  return [...new Set(fields)].sort();
}
