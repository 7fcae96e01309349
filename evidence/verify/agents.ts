import type { KeyObject } from 'node:crypto';
import { decodeRotation, rotationPayloadType } from '../entry.ts';
import type { AgentEnrolled, AgentRevoked, ReportReceived } from '../entry.ts';
import { openEnvelope, unverifiedPayload, type Envelope } from '../envelope.ts';
import { publicKeyFromRaw } from '../keys.ts';
import { digestOf, reportPayloadType, type Statement } from '../report.ts';
import { decodeStatement } from '../statement.ts';
import type { Findings } from './findings.ts';
import type { Shown } from './shown.ts';
import type { KnownSignatures } from './signatures.ts';

/** An agent's epoch: the key that counts, and where its chain of reports stands. */
interface Chain {
  key: KeyObject;
  /** Of the last report; 0 and null before the first. */
  seq: number;
  statement: string | null;
  issuedAt: string | undefined;
  /** The entry that ended it; undefined while its reports count. */
  revokedBy: string | undefined;
}

/** A report whose signature holds and which follows the one before it. */
export interface ChainedReport {
  readonly statement: Statement;
  /** When the report before it was issued. */
  readonly previousIssuedAt: string | undefined;
}

/** The agents that entries of the log enrol and revoke, the keys that they go on under, and the chains of their reports. */
export class Agents {
  readonly #findings: Findings;
  readonly #shown: Shown;
  readonly #signatures: KnownSignatures | undefined;
  readonly #chains = new Map<string, Chain>();
  /** The newest by agent. */
  readonly #epochs = new Map<string, number>();

  constructor(findings: Findings, shown: Shown, signatures: KnownSignatures | undefined) {
    this.#findings = findings;
    this.#shown = shown;
    this.#signatures = signatures;
  }

  /** An entry that enrols an agent, or enrols it anew under another key. */
  enrol({ agent, epoch, publicKey }: AgentEnrolled, where: string): void {
    const newest = this.#epochs.get(agent) ?? 0;
    if (epoch !== newest + 1) {
      const message = `it enrols ${agent} for epoch ${epoch}; expected ${newest + 1}`;
      this.#findings.add('enrol.epoch', where, message);
    }
    // A key that counts already is never replaced: whoever comes later with the same epoch is another.
    if (epoch <= newest) return;
    const key = publicKeyFromRaw(Buffer.from(publicKey, 'base64'));
    this.#epochs.set(agent, epoch);
    const chain = { key, seq: 0, statement: null, issuedAt: undefined, revokedBy: undefined };
    this.#chains.set(chainName({ agent, epoch }), chain);
  }

  /** An entry from which on an agent's reports of an epoch are no evidence. */
  revoke({ agent, epoch, reason }: AgentRevoked, where: string): void {
    const chain = this.#chains.get(chainName({ agent, epoch }));
    if (chain === undefined) {
      const message = `it revokes ${agent} of epoch ${epoch}, which no earlier entry enrols`;
      this.#findings.add('revoke.agent', where, message);
    } else if (chain.revokedBy !== undefined) {
      const message = `it revokes ${agent} of epoch ${epoch}, which ${chain.revokedBy} did before`;
      this.#findings.add('revoke.repeated', where, message);
    } else {
      chain.revokedBy = `${where} (${reason})`;
    }
  }

  /** An entry by which an agent goes on under another key: signed with the one before it, where its chain now stands. */
  rotate(envelope: Envelope, receivedAt: string, where: string): void {
    const rotation = decodeRotation(unverifiedPayload(envelope));
    if (rotation === undefined) {
      this.#findings.add('rotate.statement', where, 'it holds no rotation of version 1 in its one form');
      return;
    }
    const { agent, epoch, after, publicKey } = rotation;
    const chain = this.#chains.get(chainName(rotation));
    if (chain === undefined) {
      const message = `no earlier entry enrols ${agent} of epoch ${epoch}: it has no key that could be changed`;
      this.#findings.add('rotate.agent', where, message);
      return;
    }
    if (chain.revokedBy !== undefined) {
      const message = `${chain.revokedBy} revoked ${agent} of epoch ${epoch}: its key can no longer name another`;
      this.#findings.add('rotate.revoked', where, message);
      return;
    }
    openEnvelope(envelope, chain.key, rotationPayloadType);
    // Beside the period that the bundle shows, reports before this entry may have been left out.
    if (after !== chain.seq && this.#shown.isInPeriod(receivedAt)) {
      const message = `${agent} changed its key after report ${after}, and the last one that stands here is ${chain.seq || 'none'}`;
      this.#findings.add('rotate.after', where, message);
    }
    chain.key = publicKeyFromRaw(Buffer.from(publicKey, 'base64'));
  }

  /**
   * Verifies a report's signature by the key that counts, its number, and its chain to the report before it.
   * @returns undefined where it is not a report of this place, which has then been found
   */
  open({ envelope, receivedAt }: ReportReceived, where: string): ChainedReport | undefined {
    // Not verified yet: only used to find whose key must.
    const payload = unverifiedPayload(envelope);
    const claimed = decodeStatement(payload);
    if (claimed === undefined) {
      this.#findings.add('report.statement', where, 'it holds no statement of version 1 in its one form');
      return undefined;
    }
    const chain = this.#chains.get(chainName(claimed));
    if (chain === undefined) {
      const message = `no earlier entry enrols ${claimed.agent} of epoch ${claimed.epoch}: nobody vouches for this report`;
      this.#findings.add('report.agent', where, message);
      return undefined;
    }
    try {
      const bytes = openEnvelope(envelope, chain.key, reportPayloadType, { isSigned: this.#signatures, payload });
      if (chain.revokedBy === undefined) {
        return this.#follow(chain, { statement: claimed, digest: digestOf(bytes), receivedAt }, where);
      }
    } catch (error) {
      this.#findings.addError(error, where);
      return undefined;
    }
    const message = `report ${claimed.seq} of ${claimed.agent} came after ${chain.revokedBy} had revoked its key: it is no evidence`;
    this.#findings.add('report.revoked', where, message);
    return undefined;
  }

  #follow(
    chain: Chain,
    { statement, digest, receivedAt }: { statement: Statement; digest: string; receivedAt: string },
    where: string,
  ): ChainedReport | undefined {
    const { agent, seq, prev } = statement;
    const { seq: lastSeq, statement: lastStatement, issuedAt: previousIssuedAt } = chain;
    if (seq <= lastSeq) {
      const message = `report ${seq} of ${agent} stands here a second time, or two reports share that number`;
      this.#findings.add('report.repeated', where, message);
      return undefined;
    }
    const isBeginning = lastSeq === 0 && seq > 1 && this.#shown.mayBegin(statement, receivedAt, where);
    Object.assign(chain, { seq, statement: digest, issuedAt: statement.issuedAt });
    if (isBeginning) return { statement, previousIssuedAt };
    if (seq > lastSeq + 1) {
      const message = `report ${seq} of ${agent} follows ${lastSeq || 'none'}: reports in between were removed`;
      this.#findings.add('report.gap', where, message);
      return undefined;
    }
    if (prev !== lastStatement) {
      const message = `report ${seq} of ${agent} was made after another report ${lastSeq} than the one that stands here`;
      this.#findings.add('report.chain', where, message);
      return undefined;
    }
    return { statement, previousIssuedAt };
  }
}

function chainName({ agent, epoch }: { readonly agent: string; readonly epoch: number }): string {
  return `${agent} ${epoch}`;
}
