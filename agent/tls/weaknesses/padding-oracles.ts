import type { Answer, WeaknessName } from '../../../policies/checks/tls/profile.ts';
import {
  CbcSealer,
  converse,
  establish,
  greet,
  listen,
  NoAnswer,
  type Heard,
  type Reaction,
} from '../client12/index.ts';
import { cve20162107 } from './cve-2016-2107.ts';
import { goldendoodle } from './goldendoodle.ts';
import { commonSuites, no, notSpoken, patience, renegotiationInfo, wishFor, type Ground } from './ground.ts';
import { paddingRecord, type PaddingForm } from './padding-records.ts';
import { poodleTls } from './poodle-tls.ts';
import { sleepingPoodle } from './sleeping-poodle.ts';
import { steadyReactions } from './steady.ts';
import { spokenCbc, withoutCbc } from './suites.ts';
import { zeroLengthPaddingOracle } from './zero-length-padding-oracle.ts';
import { zombiePoodle } from './zombie-poodle.ts';

const brokenForms = [
  'wrong-mac',
  'wrong-padding',
  'both-wrong',
  'no-mac',
  'empty-wrong-mac',
  'empty-wrong-padding',
] as const satisfies readonly PaddingForm[];

const controlForms = ['sound', 'wrong-mac', 'wrong-padding'] as const satisfies readonly PaddingForm[];

/** What the server does with each broken record. */
export type PaddingReactions = Readonly<Record<(typeof brokenForms)[number], Reaction>> & {
  /** Beside a sound record, heard in the same rounds; only where *wrong-padding* is not plainly refused. */
  readonly control?: Readonly<Record<(typeof controlForms)[number], Reaction>>;
};

/** Each tells from the reactions alone. */
const judgements = {
  'poodle-tls': poodleTls,
  'zombie-poodle': zombiePoodle,
  goldendoodle,
  'sleeping-poodle': sleepingPoodle,
  'zero-length-padding-oracle': zeroLengthPaddingOracle,
  'cve-2016-2107': cve20162107,
} as const satisfies Partial<Record<WeaknessName, (reactions: PaddingReactions) => Answer>>;

export type PaddingWeakness = keyof typeof judgements;
const names = Object.keys(judgements) as PaddingWeakness[];

/**
 * Whether a server that encrypts in CBC mode shows more of a broken record than that it is broken (Vaudenay 2002;
 * Young 2019; Merget et al. 2019). Each record goes on a connection of its own, behind a whole handshake.
 */
export async function paddingOracles(ground: Ground): Promise<Record<PaddingWeakness, Answer>> {
  if (ground.isComplete && [...ground.suites].every((suite) => withoutCbc.has(suite))) return forAll(no);
  const suites = commonSuites(ground, spokenCbc);
  if (suites.length === 0) return forAll(notSpoken);
  const ask = (form: PaddingForm): Promise<Heard<Reaction>> => provoke(ground, suites, form);
  const broken = await steadyReactions(brokenForms, ask);
  if (broken.heard === 'doubt') return forAll({ answer: 'unknown', why: broken.why });
  const reactions = broken.value;
  if (reactions['wrong-padding'] === reactions['wrong-mac'] && namesTheFlaw(reactions['wrong-mac'])) {
    return judgeAll(reactions);
  }
  const control = await steadyReactions(controlForms, ask);
  if (control.heard === 'doubt') return forAll({ answer: 'unknown', why: control.why });
  return judgeAll({ ...reactions, control: control.value });
}

/** Said of a record that could not be read, and of no other. */
function namesTheFlaw(reaction: Reaction): boolean {
  return /^alert (bad_record_mac|decryption_failed)\b/.test(reaction);
}

function provoke(ground: Ground, suites: readonly number[], form: PaddingForm): Promise<Heard<Reaction>> {
  return converse(ground.line, async (channel) => {
    const { records, sealer } = await establish(await greet(channel, wishFor(ground, suites, [renegotiationInfo()])));
    if (!(sealer instanceof CbcSealer)) throw new NoAnswer({ what: 'not-offered' });
    const { type, fragment } = paddingRecord(sealer, form);
    records.sendFragment(type, fragment);
    return listen(records, patience);
  });
}

function judgeAll(reactions: PaddingReactions): Record<PaddingWeakness, Answer> {
  return Object.fromEntries(names.map((name) => [name, judgements[name](reactions)])) as Record<
    PaddingWeakness,
    Answer
  >;
}

function forAll(answer: Answer): Record<PaddingWeakness, Answer> {
  return Object.fromEntries(names.map((name) => [name, answer])) as Record<PaddingWeakness, Answer>;
}
