import { EvidenceError } from '../error.ts';

/**
 * What a finding means. `tampered`: something contradicts what was signed. `incomplete`: something is not there, or
 * cannot be relied on. `nothing`: there is nothing that the key at hand could verify.
 */
export type FindingKind = 'tampered' | 'incomplete' | 'nothing';

/** Every code there is, with its one kind. Codes are stable; docs/formats/bundle.md says of each what to do. */
export const findingKinds = {
  'bundle.none': 'nothing',
  'bundle.no-entries': 'nothing',
  'bundle.unknown-key': 'nothing',
  'bundle.malformed': 'tampered',
  'bundle.version': 'nothing',
  'bundle.manifest': 'tampered',
  'vkey.malformed': 'tampered',
  'note.malformed': 'tampered',
  'note.signature': 'tampered',
  'note.no-known-signature': 'nothing',
  'checkpoint.malformed': 'tampered',
  'checkpoint.origin': 'nothing',
  'checkpoint.unknown-signature': 'incomplete',

  'file.stray': 'tampered',
  'file.too-large': 'tampered',
  'file.unreadable': 'incomplete',
  'readme.missing': 'incomplete',
  'readme.changed': 'tampered',

  'tile.missing': 'incomplete',
  'tile.malformed': 'tampered',
  'tile.mismatch': 'tampered',
  'log.root': 'tampered',
  'log.cut': 'tampered',
  'log.forked': 'tampered',
  'log.rewritten': 'tampered',
  'log.not-compared': 'incomplete',
  'since.unknown-key': 'nothing',

  'entries.missing': 'incomplete',
  'entries.count': 'tampered',
  'entry-bundle.malformed': 'tampered',
  'entry.changed': 'tampered',
  'entry.omitted': 'tampered',
  'entry.malformed': 'tampered',
  'entry.unknown-kind': 'incomplete',
  'entry.clock': 'tampered',
  'gap.moments': 'tampered',
  'log.silent': 'incomplete',

  'anchor.head': 'tampered',
  'anchor.forked': 'tampered',
  'anchor.cosignature': 'tampered',
  'witness.quorum': 'incomplete',
  'timestamp.malformed': 'tampered',
  'timestamp.algorithm': 'incomplete',
  'timestamp.imprint': 'tampered',
  'timestamp.signature': 'tampered',
  'timestamp.certificate': 'tampered',
  'entry.bounds': 'tampered',

  'handover.signature': 'tampered',
  'handover.order': 'tampered',
  'handover.entry': 'tampered',
  'enrol.epoch': 'tampered',
  'revoke.agent': 'tampered',
  'revoke.repeated': 'tampered',
  'rotate.statement': 'tampered',
  'rotate.agent': 'tampered',
  'rotate.revoked': 'tampered',
  'rotate.after': 'tampered',
  'policy.missing': 'incomplete',
  'policy.digest': 'tampered',
  'policy.name': 'tampered',
  'policy.unreadable': 'incomplete',

  'scope.exceeded': 'tampered',
  'scope.start': 'incomplete',
  'scope.absent': 'incomplete',

  'report.statement': 'tampered',
  'report.agent': 'tampered',
  'envelope.type': 'tampered',
  'envelope.signature': 'tampered',
  'report.revoked': 'tampered',
  'report.repeated': 'tampered',
  'report.gap': 'tampered',
  'report.chain': 'tampered',
  'report.seen': 'tampered',
  'report.clock': 'incomplete',
  'report.bounds': 'incomplete',

  'act.repeated': 'tampered',
  'act.unknown': 'tampered',
  'act.ended': 'tampered',
  'act.own': 'tampered',
  'act.collector': 'tampered',
  'act.sample': 'tampered',

  'salts.missing': 'incomplete',
  'salts.malformed': 'tampered',
  'salts.stray': 'tampered',
  'part.missing': 'incomplete',
  'part.not-erased': 'incomplete',
  'erase.unknown': 'tampered',
  'part.commitment': 'tampered',
  'part.malformed': 'tampered',

  'report.body': 'tampered',
  'report.counts': 'tampered',
  'report.policy': 'tampered',
  'verdict.missing': 'tampered',
  'verdict.extra': 'tampered',
  'verdict.differs': 'tampered',
  'reasons.differ': 'tampered',
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof findingKinds;

/** What a verification found wrong. */
export interface Finding {
  readonly kind: FindingKind;
  readonly code: FindingCode;
  /** The file or entry, as a person would look for it. */
  readonly where: string;
  readonly message: string;
}

/** Of one code only so many are listed, and the rest counted: one changed file can make thousands. */
const maximumListed = 10;

/** Names and texts in a message come from the bundle. */
const maximumLength = 1000;

const worstFirst: readonly FindingKind[] = ['tampered', 'nothing', 'incomplete'];

/** Findings as they come up. */
export class Findings {
  readonly #listed: Finding[] = [];
  readonly #counts = new Map<FindingCode, number>();

  add(code: FindingCode, where: string, message: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > maximumListed) return;
    this.#listed.push({ kind: findingKinds[code], code, where: shorten(where), message: shorten(message) });
  }

  /** Adds what was found elsewhere. */
  addAll({ listed }: Findings): void {
    for (const { code, where, message } of listed) this.add(code, where, message);
  }

  /** Takes what evidence was found to be as a finding; any other error is one of the program, and is thrown on. */
  addError(error: unknown, where: string): void {
    if (!(error instanceof EvidenceError) || !isFindingCode(error.code)) throw error;
    this.add(error.code, where, error.message);
  }

  /** Worst first, and in the order in which they came up. */
  get listed(): Finding[] {
    return this.#listed.toSorted((a, b) => worstFirst.indexOf(a.kind) - worstFirst.indexOf(b.kind));
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The worst: one contradiction outweighs all that is merely absent. */
  get outcome(): 'sound' | FindingKind {
    const kinds = new Set([...this.#counts.keys()].map((code) => findingKinds[code]));
    return worstFirst.find((kind) => kinds.has(kind)) ?? 'sound';
  }
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(findingKinds, code);
}

function shorten(text: string): string {
  return text.length > maximumLength ? `${text.slice(0, maximumLength)}…` : text;
}
