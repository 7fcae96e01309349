import type { Policy } from '../../policies/load.ts';
import { everlasting, isWithin, overlap, spanOfOnly, type Span } from '../../policies/moments.ts';
import type { Observation } from '../../policies/observe.ts';
import { verdicts as allVerdicts } from '../../policies/verdict.ts';
import {
  countVerdicts,
  hostPartName,
  observationsPartName,
  type Counts,
  type HostPart,
  type PartCommitment,
  type Statement,
} from '../report.ts';
import { namesPolicy, shownParts } from '../scope.ts';
import type { Bodies, Body } from './bodies.ts';
import type { Documents } from './documents.ts';
import type { Findings } from './findings.ts';
import { observeControls, sizeOf, type ObservedControl } from './observed.ts';
import { Recent } from './recent.ts';
import type { Shown } from './shown.ts';
import { compare, controlsFor, matchControls, openHost, openObservations } from './verdicts.ts';

/** What came out of a body of which every verdict that was judged again is the same. */
export interface JudgedBody {
  /** Those that were judged again. */
  readonly verdicts: Counts;
  /** Parts that the bundle leaves out on purpose. */
  readonly withheld: readonly PartCommitment[];
}

/** A control that came out as it was reported. */
interface AgreedControl {
  readonly control: ObservedControl;
  /** What was reported, in its JSON. */
  readonly json: string;
}

interface Agreed {
  readonly controls: readonly AgreedControl[];
  readonly verdicts: Counts;
  /** The moments at which all controls come out as this. */
  span: Span;
}

/** A report's body as it was judged: the agent's next one mostly is the same, at a later moment. */
interface Judged {
  readonly statement: Statement;
  readonly host: HostPart;
  /** Those that the bundle shows, each as committed to. */
  readonly parts: Statement['body'];
  readonly agreed: Agreed;
  readonly outcome: JudgedBody;
}

/** What is judged of a report, and where it stands. */
interface Given {
  readonly statement: Statement;
  readonly body: Body;
  readonly host: HostPart;
  readonly where: string;
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
    const isSame = before !== undefined && isSameBody(before.statement, statement);
    if (isSame && stillAgrees(before.agreed, new Date(statement.issuedAt))) return before.outcome;
    const judged = this.#judge(statement, before, where);
    if (judged === undefined || judged === 'absent') return judged;
    const controls = judged.agreed.controls.map(({ control }) => control);
    const told = judged.agreed.controls.reduce((sum, { json }) => sum + json.length, 0);
    this.#recent.set(chain, judged, sizeOf(controls) + told);
    return judged.outcome;
  }

  #judge(statement: Statement, before: Judged | undefined, where: string): Judged | 'absent' | undefined {
    const { bodies, documents, shown, findings } = this.#input;
    const named = documents.named(statement, where);
    const parts = this.#shownParts(statement, named);
    const opened = bodies.open(parts, where, before?.parts);
    if (opened.state !== 'whole') return opened.state === 'absent' ? 'absent' : undefined;
    const { body } = opened;
    const host = isSameHost(before, statement) ? before.host : openHost(body, where, findings);
    if (host === undefined) return undefined;
    shown.label(statement.agent, host);
    if (named === undefined) return undefined;
    const known = before?.agreed.controls.map(({ control }) => control) ?? [];
    const controls = observeControls(controlsFor(host, named), statement, body, known);
    const given = { statement, body, host, where };
    const agreed = this.#asExpected(controls, given) ?? this.#asReported(controls, given);
    if (agreed === undefined) return undefined;
    const withheld = statement.body.filter((part) => !parts.includes(part));
    return { statement, host, parts, agreed, outcome: { verdicts: agreed.verdicts, withheld } };
  }

  /**
   * An honest agent reports just what its facts give, in the order of its documents. So that is written first: where the
   * bytes are the same, there is nothing to read in them.
   * @returns undefined where they are not, or not all controls can be judged
   */
  #asExpected(controls: readonly ObservedControl[], { statement, body }: Given): Agreed | undefined {
    if (this.#input.shown.scope.policies.length > 0) return undefined;
    const at = new Date(statement.issuedAt);
    const expected = controls.map((control) => ({ control, ...control.observe(at) }));
    const text = `{"v":1,"observations":[${expected.map(({ json }) => json).join(',')}]}`;
    if (!Buffer.from(text).equals(body.bytes(observationsPartName) ?? new Uint8Array())) return undefined;
    const verdicts = countVerdicts(expected.map(({ observation }) => observation));
    if (!isSameCounts(verdicts, statement.counts)) return undefined;
    const span = expected.map((control) => control.span).reduce(overlap, everlasting);
    return { controls: expected.map(({ control, json }) => ({ control, json })), verdicts, span };
  }

  /** Reads what was reported, and holds each control against it; what disagrees has then been found. */
  #asReported(held: readonly ObservedControl[], { statement, body, host, where }: Given): Agreed | undefined {
    const { shown, findings } = this.#input;
    const observations = openObservations(body, where, findings);
    if (observations === undefined) return undefined;
    if (!isSameCounts(countVerdicts(observations), statement.counts)) {
      findings.add('report.counts', where, 'the statement counts other verdicts than its observations have');
      return undefined;
    }
    const at = new Date(statement.issuedAt);
    const { reported, disagreements } = matchControls(held, observations, host);
    const judged = reported.filter(({ control }) => namesPolicy(shown.scope, control.document.policy));
    const agreed = judged.map(({ control, observation }) => agree(control, observation, at));
    for (const { control, observation } of judged) {
      const disagreement = compare(observation, control.observe(at).observation, host);
      if (disagreement !== undefined) disagreements.push(disagreement);
    }
    for (const { code, message } of disagreements) {
      findings.add(code, `${where}, report ${statement.seq} of ${statement.agent}`, message);
    }
    if (disagreements.length > 0) return undefined;
    const verdicts = countVerdicts(judged.map(({ observation }) => observation));
    return { controls: agreed, verdicts, span: agreed.map(({ span }) => span).reduce(overlap, everlasting) };
  }

  /** Where a document is missing, which parts it needs is not known: those that are there are taken to be. */
  #shownParts({ body }: Statement, documents: readonly Policy[] | undefined): Statement['body'] {
    const { shown, bodies } = this.#input;
    if (documents !== undefined) return shownParts(shown.scope, body, documents);
    return shown.scope.policies.length === 0 ? body : body.filter(({ commitment }) => bodies.hasSalt(commitment));
  }
}

/** What was reported of a control may be spelt otherwise than what is expected, and yet be the same: then it is compared each time. */
function agree(control: ObservedControl, observation: Observation, at: Date): AgreedControl & { readonly span: Span } {
  const json = JSON.stringify(observation);
  const expected = control.observe(at);
  return { control, json, span: json === expected.json ? expected.span : spanOfOnly(at) };
}

/** Whether every control comes out at this moment as it was reported. */
function stillAgrees(agreed: Agreed, at: Date): boolean {
  if (isWithin(agreed.span, at)) return true;
  let span = everlasting;
  for (const { control, json } of agreed.controls) {
    const expected = control.observe(at);
    if (expected.json !== json) return false;
    span = overlap(span, expected.span);
  }
  agreed.span = span;
  return true;
}

/** Whether a body is, and is judged by, what the one before was. */
function isSameBody(before: Statement, { body, policies, counts }: Statement): boolean {
  return (
    isSameCounts(before.counts, counts) &&
    before.policies.length === policies.length &&
    policies.every(({ policy, version, digest }, index) => {
      const other = before.policies[index];
      return other?.digest === digest && other.version === version && other.policy === policy;
    }) &&
    before.body.length === body.length &&
    body.every(({ name, commitment }, index) => {
      const other = before.body[index];
      return other?.commitment === commitment && other.name === name;
    })
  );
}

function isSameCounts(before: Counts, counts: Counts): boolean {
  return allVerdicts.every((verdict) => before[verdict] === counts[verdict]);
}

function isSameHost(before: Judged | undefined, statement: Statement): before is Judged {
  return before !== undefined && hostCommitment(before.statement) === hostCommitment(statement);
}

function hostCommitment({ body }: Statement): string | undefined {
  return body.find(({ name }) => name === hostPartName)?.commitment;
}
