import type { ReadFacts } from '../../policies/checks/kind.ts';
import type { Policy } from '../../policies/load.ts';
import { everlasting, isWithin, overlap, spanOfOnly, type Span } from '../../policies/moments.ts';
import { observerOf, readFacts, type Observation, type Observer } from '../../policies/observe.ts';
import { verdicts } from '../../policies/verdict.ts';
import {
  countVerdicts,
  factsPartName,
  observationsPartName,
  type Counts,
  type PartCommitment,
  type Statement,
} from '../report.ts';
import { namesPolicy, shownParts } from '../scope.ts';
import type { Bodies, Body } from './bodies.ts';
import type { Documents } from './documents.ts';
import type { Findings } from './findings.ts';
import { Recent } from './recent.ts';
import type { Shown } from './shown.ts';
import { compare, matchControls, openTold, type ReportedControl, type Told } from './verdicts.ts';

/** What came out of a body of which every verdict that was judged again is the same. */
export interface JudgedBody {
  /** Those that were judged again. */
  readonly verdicts: Counts;
  /** Parts that the bundle leaves out on purpose. */
  readonly withheld: readonly PartCommitment[];
}

/** A kind's facts in one report, and what their parts hold in bytes. */
interface KindFacts {
  readonly commitment: string | undefined;
  readonly facts: ReadFacts;
  readonly size: number;
}

interface JudgedControl {
  readonly observer: Observer;
  readonly observation: Observation;
  readonly kind: KindFacts;
}

/** A report's body as it was judged: the agent's next one mostly is the same, at a later moment. */
interface Judged {
  readonly statement: Pick<Statement, 'body' | 'policies' | 'counts'>;
  readonly outcome: JudgedBody;
  readonly kinds: ReadonlyMap<string, KindFacts>;
  /** By document and control. */
  readonly controls: ReadonlyMap<string, JudgedControl>;
  /** Bytes of the JSON that it was made from. */
  readonly size: number;
  /** The moments at which every control comes out as it was reported. */
  span: Span;
}

export interface JudgementsInput {
  readonly bodies: Bodies;
  readonly documents: Documents;
  readonly shown: Shown;
  readonly findings: Findings;
}

/** Bodies are kept as they were judged up to this many bytes of their JSON, which is some times as much in memory. */
const rememberedBytes = 64 * 2 ** 20;

/**
 * Judges the bodies of reports again, with the documents that they name, at the moment at which each was issued: every
 * control that holds for the host must be there once, with the verdict and the reasons that its facts give. Of policies
 * that the bundle does not show it has no facts to judge: only that their controls are there.
 */
export class Judgements {
  readonly #input: JudgementsInput;
  /** By agent and epoch. */
  readonly #recent = new Recent<Judged>(rememberedBytes);

  constructor(input: JudgementsInput) {
    this.#input = input;
  }

  /** @returns `absent` where parts are not there; undefined where not every verdict that was judged again is the same */
  verify(statement: Statement, where: string): JudgedBody | 'absent' | undefined {
    const chain = `${statement.agent} ${statement.epoch}`;
    const before = this.#recent.get(chain);
    if (
      before !== undefined &&
      isSameBody(before.statement, statement) &&
      holds(before, new Date(statement.issuedAt))
    ) {
      return before.outcome;
    }
    const judged = this.#judge(statement, before, where);
    if (judged === undefined || judged === 'absent') return judged;
    this.#recent.set(chain, judged, judged.size);
    return judged.outcome;
  }

  #judge(statement: Statement, before: Judged | undefined, where: string): Judged | 'absent' | undefined {
    const { bodies, documents, shown, findings } = this.#input;
    const named = documents.named(statement, where);
    const parts = this.#shownParts(statement, named);
    const opened = bodies.open(parts, where);
    if (opened.state !== 'whole') return opened.state === 'absent' ? 'absent' : undefined;
    const told = openTold(opened.body, statement, where, findings);
    if (told !== undefined) shown.label(statement.agent, told.host);
    if (named === undefined || told === undefined) return undefined;
    const judged = this.#judgeControls(statement, { told, body: opened.body, documents: named, before }, where);
    if (judged === undefined) return undefined;
    const { body, policies, counts } = statement;
    const outcome = {
      verdicts: countVerdicts(told.observations.filter(({ policy }) => namesPolicy(shown.scope, policy))),
      withheld: body.filter((part) => !parts.includes(part)),
    };
    const toldSize = opened.body.part(observationsPartName)?.bytes.length ?? 0;
    const size = [...judged.kinds.values()].reduce((sum, kind) => sum + kind.size, toldSize);
    return { statement: { body, policies, counts }, outcome, size, ...judged };
  }

  /** @returns undefined where a control is missing, too much, or came out otherwise, which has then been found */
  #judgeControls(
    statement: Statement,
    { told, documents, ...given }: { told: Told; body: Body; documents: readonly Policy[]; before: Judged | undefined },
    where: string,
  ): Pick<Judged, 'kinds' | 'controls' | 'span'> | undefined {
    const { shown, findings } = this.#input;
    const at = new Date(statement.issuedAt);
    const matched = matchControls(told, documents);
    const disagreements = [...matched.disagreements];
    const kinds = new Map<string, KindFacts>();
    const controls = new Map<string, JudgedControl>();
    let span = everlasting;
    for (const reported of matched.controls.filter(({ document }) => namesPolicy(shown.scope, document.policy))) {
      const judged = judgedControl(reported, { statement, kinds, ...given });
      controls.set(nameOf(reported), judged);
      const during = judged.observer.spanOf(judged.observation, at);
      span = overlap(span, during ?? spanOfOnly(at));
      const differs = during === undefined && compare(judged.observation, judged.observer.observe(at), told.host);
      if (differs !== false && differs !== undefined) disagreements.push(differs);
    }
    for (const { code, message } of disagreements) {
      findings.add(code, `${where}, report ${statement.seq} of ${statement.agent}`, message);
    }
    return disagreements.length === 0 ? { kinds, controls, span } : undefined;
  }

  /** Where a document is missing, which parts it needs is not known: those that are there are taken to be. */
  #shownParts({ body }: Statement, documents: readonly Policy[] | undefined): Statement['body'] {
    const { shown, bodies } = this.#input;
    if (documents !== undefined) return shownParts(shown.scope, body, documents);
    return shown.scope.policies.length === 0 ? body : body.filter(({ commitment }) => bodies.hasSalt(commitment));
  }
}

/** A control's observer; that of the report before, where neither facts nor document changed since: it knows until when its answer holds. */
function judgedControl(
  reported: ReportedControl,
  {
    statement,
    body,
    kinds,
    before,
  }: { statement: Statement; body: Body; kinds: Map<string, KindFacts>; before: Judged | undefined },
): JudgedControl {
  const { document, control, observation } = reported;
  const commitment = statement.body.find(({ name }) => name === factsPartName(control.check))?.commitment;
  const old = before?.controls.get(nameOf(reported));
  if (old !== undefined && old.kind.commitment === commitment) {
    kinds.set(control.check, old.kind);
    return { ...old, observation };
  }
  const kind = kinds.get(control.check) ?? kindFacts(control.check, commitment, body);
  kinds.set(control.check, kind);
  return { observer: observerOf(document.policy, control, kind.facts), observation, kind };
}

function kindFacts(check: string, commitment: string | undefined, body: Body): KindFacts {
  const part = body.part(factsPartName(check));
  return { commitment, facts: readFacts(check, part?.json), size: part?.bytes.length ?? 0 };
}

/** Documents are known by their digest, and controls in them by their name. */
function nameOf({ document, control }: ReportedControl): string {
  return `${document.digest} ${control.id}`;
}

/** Whether a body is, and is judged by, what the one before was. */
function isSameBody(before: Judged['statement'], { body, policies, counts }: Statement): boolean {
  return (
    before.body.length === body.length &&
    before.policies.length === policies.length &&
    body.every(({ name, commitment }, index) => {
      const other = before.body[index];
      return other?.commitment === commitment && other.name === name;
    }) &&
    policies.every(({ policy, version, digest }, index) => {
      const other = before.policies[index];
      return other?.digest === digest && other.policy === policy && other.version === version;
    }) &&
    verdicts.every((verdict) => before.counts[verdict] === counts[verdict])
  );
}

/** Whether every control comes out at this moment as it was reported. */
function holds(judged: Judged, at: Date): boolean {
  if (isWithin(judged.span, at)) return true;
  let span = everlasting;
  for (const { observer, observation } of judged.controls.values()) {
    const during = observer.spanOf(observation, at);
    if (during === undefined) return false;
    span = overlap(span, during);
  }
  judged.span = span;
  return true;
}
