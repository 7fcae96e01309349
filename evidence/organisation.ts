import { maximumApprovals } from '../policies/checks/attestation.ts';
import type { Case } from '../policies/checks/cases.ts';
import type { Reading } from '../policies/reading.ts';
import { isFilePart, statementPartName, type Act, type ActTaken } from './act.ts';
import type { AttestationState, DenialState } from './attested.ts';
import { Following } from './following.ts';
import { HeardHosts, type HeardSource } from './heard.ts';
import { HostFindings } from './host-findings.ts';
import { factsBy, type ControlName, type FactsByHosts } from './organisation-facts.ts';
import { OwedFindings } from './owed-findings.ts';
import { Registers, type Records } from './registers.ts';
import { noSamples, type SampleSource } from './spot-checks/samples.ts';
import { SpotChecks } from './spot-checks/spot-checks.ts';
import { WaiversInForce } from './waivers-in-force.ts';

type ActOf<Name extends Act['act']> = Extract<Act, { act: Name }>;

/** Why an act cannot count: what it is about is not there, is there already, or is of another kind. */
export type ActFlaw = 'act.repeated' | 'act.unknown' | 'act.ended' | 'act.own' | 'act.collector' | 'act.sample';

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

/**
 * What people did, as the log has it: attestations, waivers, cases. Collector and verifier both take the acts
 * in here, in the order of the log, so that both judge by the same.
 */
export class Organisation {
  /** Those that the collector opened itself. */
  readonly findings = new HostFindings();
  /** Exceptions that were approved, as they hold at a moment. */
  readonly inForce: WaiversInForce;
  /** Failures that hosts report and no finding stands for. */
  readonly owed: OwedFindings;
  /** What people found who looked themselves. */
  readonly spotChecks: SpotChecks;
  readonly #attestations = new Map<string, AttestationState>();
  readonly #denials = new Map<string, DenialState>();
  readonly #waivers = new Map<string, WaiverState>();
  readonly #cases = new Map<string, Case>();
  readonly #registers = new Registers();
  readonly #heard: HeardSource;
  readonly #following = new Following();

  /**
   * @param heard knows the hosts of the log; nobody where it is left out
   * @param samples knows what is to be looked at; none where it is left out
   */
  constructor(heard: HeardSource = new HeardHosts(), samples: SampleSource = noSamples) {
    this.#heard = heard;
    this.spotChecks = new SpotChecks(samples);
    this.inForce = new WaiversInForce(this.#waivers);
    this.owed = new OwedFindings(this.findings, this.inForce);
  }

  /** The documents that the organisation is held to. */
  get follows(): ActOf<'follow'>['policies'] {
    return this.#following.policies;
  }

  /** Since when a policy has been followed without a break that counts, in whatever version; undefined where it is not. */
  followedSince(policy: string): string | undefined {
    return this.#following.since(policy);
  }

  /** By id. */
  get attestations(): ReadonlyMap<string, AttestationState> {
    return this.#attestations;
  }

  /** What tools found not to be kept, by id. */
  get denials(): ReadonlyMap<string, DenialState> {
    return this.#denials;
  }

  get waivers(): ReadonlyMap<string, WaiverState> {
    return this.#waivers;
  }

  get cases(): ReadonlyMap<string, Case> {
    return this.#cases;
  }

  /** The lines of all registers, by id. */
  get records(): Records {
    return this.#registers.records;
  }

  /** What is wrong with an act that stands here next; undefined where it may be taken. */
  flawOf({ act, by, role }: Pick<ActTaken, 'act' | 'by' | 'role'>): ActFlaw | undefined {
    switch (act.act) {
      case 'attest':
        if (act.scope.of === 'customer' && this.records.get(act.scope.customer)?.record.of !== 'customer') {
          return 'act.unknown';
        }
        return this.#isKnown(act.id) ? 'act.repeated' : undefined;
      case 'deny':
      case 'waive':
      case 'open-case':
        return this.#isKnown(act.id) ? 'act.repeated' : undefined;
      case 'record':
        return this.#registers.flawOf(act, this.#isKnown(act.id));
      case 'strike':
        return this.records.has(act.of) ? undefined : 'act.unknown';
      case 'spot-check':
        return this.spotChecks.isDrawn(act) ? undefined : 'act.sample';
      case 'approve':
        return this.#flawOfApproval(act.of, by);
      case 'revoke':
        return this.#flawOfEnding(
          this.#attestations.get(act.of) ?? this.#denials.get(act.of) ?? this.#waivers.get(act.of),
        );
      case 'take-step':
      case 'close-case': {
        const one = this.#cases.get(act.of);
        if (one === undefined) return 'act.unknown';
        if (this.findings.isReserved({ act, role }, one.of === 'finding')) return 'act.collector';
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
    if (flaw !== undefined) return flaw;
    this.#apply(taken);
    this.inForce.forget();
    this.owed.pass(taken.receivedAt);
    return undefined;
  }

  /** What the log holds for a control, in the form of its check kind's facts; undefined for a kind that hosts show. */
  factsOf(kind: string, name: ControlName): Reading<unknown> | undefined {
    return this.factsBy(kind, name)?.(this.#heard.all());
  }

  /** The same as it is now, with what was heard of hosts still to be given: that changes with every report. */
  factsBy(kind: string, name: ControlName): FactsByHosts | undefined {
    return factsBy(this, kind, name);
  }

  #isKnown(id: string): boolean {
    const begun = [this.#attestations, this.#denials, this.#waivers, this.#cases, this.records];
    return begun.some((things) => things.has(id));
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

  #apply(taken: ActTaken): void {
    const { act, by, role, receivedAt: recorded, body } = taken;
    this.findings.take({ act, role });
    switch (act.act) {
      case 'attest': {
        const { act: _, ...attested } = act;
        const files = body.filter(({ name }) => isFilePart(name)).length;
        this.#attestations.set(act.id, { ...attested, by, recorded, files, approvals: [], revoked: null });
        this.#endDenials({ ...act, by }, recorded);
        break;
      }
      case 'deny':
        this.#deny(act, { by, recorded });
        break;
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
        this.#following.take(act.policies, recorded);
        break;
      case 'record':
        this.#registers.record(act, taken);
        break;
      case 'strike':
        this.#registers.strike(act);
        break;
      case 'spot-check':
        this.spotChecks.take(act, recorded);
        break;
    }
  }

  #waive(asked: ActOf<'waive'>, said: Pick<WaiverState, 'by' | 'recorded' | 'statement'>): void {
    this.#waivers.set(asked.id, { asked, ...said, approved: null, revoked: null });
  }

  #deny(
    { id, policy, control, effective }: ActOf<'deny'>,
    said: { readonly by: string; readonly recorded: string },
  ): void {
    for (const one of this.#attestations.values()) {
      const isOwn = one.by === said.by && one.policy === policy && one.control === control;
      if (isOwn && one.revoked === null) this.#attestations.set(one.id, { ...one, revoked: said.recorded });
    }
    this.#denials.set(id, { id, policy, control, effective, ...said, revoked: null });
  }

  /** What passed before something failed, and comes in after it, shows nothing of how that stands now. */
  #endDenials({ policy, control, effective, by }: ActOf<'attest'> & { readonly by: string }, revoked: string): void {
    for (const one of this.#denials.values()) {
      const isOwn = one.by === by && one.policy === policy && one.control === control && one.revoked === null;
      const isLater = Date.parse(effective) >= Date.parse(one.effective);
      if (isOwn && isLater) this.#denials.set(one.id, { ...one, revoked });
    }
  }

  #approve(of: string, approval: { readonly by: string; readonly at: string }): void {
    const attested = this.#attestations.get(of);
    const isMore = attested?.approvals.every(({ by }) => by !== approval.by) === true;
    if (isMore && attested.approvals.length < maximumApprovals) {
      this.#attestations.set(of, { ...attested, approvals: [...attested.approvals, approval] });
    }
    const waiver = this.#waivers.get(of);
    if (waiver !== undefined) this.#waivers.set(of, { ...waiver, approved: waiver.approved ?? approval });
  }

  #revoke(of: string, revoked: string): void {
    const attested = this.#attestations.get(of);
    if (attested !== undefined) this.#attestations.set(of, { ...attested, revoked });
    const denied = this.#denials.get(of);
    if (denied !== undefined) this.#denials.set(of, { ...denied, revoked });
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
