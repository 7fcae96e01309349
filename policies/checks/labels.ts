import { z } from 'zod';
import { obstacleReason, obstacleReasons, readingOf } from '../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { isHint, usualHints } from './labels/hints.ts';

const Value = z.string().min(1).max(64);
const Values = z.array(Value).min(1).max(64);

const Hinted = z.enum(['fail', 'unknown', 'note']);

export const LabelsParameters = z.strictObject({
  /** The label that tells production from the rest. */
  label: Value.default('environment'),
  /** Labels that each host must have besides. */
  required: z.array(Value).max(16).default(['role']),
  production: Values.default(['production', 'productie', 'prod', 'live']),
  other: Values.default([
    'test',
    'testing',
    'acceptance',
    'acceptatie',
    'staging',
    'development',
    'ontwikkeling',
    'dev',
    'demo',
  ]),
  /** Words in host names that tell of test or development. */
  hints: z
    .array(z.string().regex(/^[a-z0-9]{2,32}$/, 'expected a word of lower case letters and digits'))
    .min(1)
    .max(64)
    .default([...usualHints]),
  /** What such a name on a production host comes out as. */
  hinted: Hinted.default('fail'),
  /** The same of the host's own name, which its operator chose and no customer; as `hinted` unless given. */
  hostName: Hinted.optional(),
});
export type LabelsParameters = z.output<typeof LabelsParameters>;

/** Where the host's own name comes from, among the sources of names. */
export const hostNameSource = 'host name';

const Name = z.string().min(1).max(253);

export const LabelsFacts = z.strictObject({
  /** As agent.yaml has them, sorted by name. */
  labels: z.array(z.strictObject({ name: Value, value: Value })).max(256),
  /** The words that were looked for, sorted. */
  hints: z.array(z.string().max(32)).max(1024),
  /** Where names come from: the host itself, agent.yaml, and each server whose configuration has names. Sorted. */
  sources: z
    .array(
      z.strictObject({
        source: Value,
        /** Only those in which one of the words is. Sorted. */
        names: readingOf(z.array(Name).max(1000)),
      }),
    )
    .max(64),
});
export type LabelsFacts = z.output<typeof LabelsFacts>;

const reasons = {
  'labels.labelled': {
    verdict: 'pass',
    en: 'this host has {label}: {value}, and no other',
    nl: 'deze host heeft {label}: {value}, en geen andere',
  },
  'labels.no-hints': {
    verdict: 'pass',
    en: 'no name tells of test or development',
    nl: 'geen naam duidt op test of ontwikkeling',
  },
  'labels.not-production': {
    verdict: 'pass',
    en: 'this host is labelled {label}: {value}, so names of test and development belong here',
    nl: 'deze host heeft label {label}: {value}, dus namen van test en ontwikkeling horen hier',
  },
  'labels.hint-noted': {
    verdict: 'pass',
    en: '{name} tells of test or development, on a host of {value}; this control only notes that',
    nl: '{name} duidt op test of ontwikkeling, op een host voor {value}; deze maatregel noteert dat alleen',
  },
  'labels.hint': {
    verdict: 'fail',
    en: '{name} tells of test or development, and this is a host of {value}',
    nl: '{name} duidt op test of ontwikkeling, en dit is een host voor {value}',
  },
  'labels.hint-unclear': {
    verdict: 'unknown',
    en: '{name} tells of test or development, on a host of {value}; look what it is',
    nl: '{name} duidt op test of ontwikkeling, op een host voor {value}; kijk wat het is',
  },
  'labels.not-set': {
    verdict: 'unknown',
    en: 'nobody said what this host is; set labels.{label} in agent.yaml',
    nl: 'niemand zei wat deze host is; zet labels.{label} in agent.yaml',
  },
  'labels.unclear': {
    verdict: 'unknown',
    en: '{label}: {value} is neither of {production} nor of {other}',
    nl: '{label}: {value} hoort niet bij {production} en niet bij {other}',
  },
  'labels.not-looked-for': {
    verdict: 'unknown',
    en: 'the agent did not look for {hint} in names',
    nl: 'de agent heeft niet naar {hint} gezocht in namen',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(reasons);

export const labels = defineCheckKind({
  name: 'labels',
  parameters: LabelsParameters,
  facts: LabelsFacts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters) {
    const { label, required, production, other } = parameters;
    const asked = [...new Set([...required, label])];
    const labelled = asked.map((name) => judgeLabel(facts, name));
    const value = valueOf(facts, label);
    if (value === undefined) return labelled;
    if (production.includes(value)) return [...labelled, ...judgeNames(facts, parameters, value)];
    if (other.includes(value)) return [...labelled, because('labels.not-production', { label, value })];
    const values = { label, value, production: production.join(', '), other: other.join(', ') };
    return [...labelled, because('labels.unclear', values)];
  },
});

function valueOf({ labels: all }: LabelsFacts, wanted: string): string | undefined {
  return all.find(({ name }) => name === wanted)?.value;
}

function judgeLabel(facts: LabelsFacts, label: string): Reason {
  const value = valueOf(facts, label);
  return value === undefined ? because('labels.not-set', { label }) : because('labels.labelled', { label, value });
}

function judgeNames(facts: LabelsFacts, parameters: LabelsParameters, value: string): Reason[] {
  const { hints, hinted, hostName = hinted } = parameters;
  const missed = hints.find((hint) => !facts.hints.includes(hint));
  if (missed !== undefined) return [because('labels.not-looked-for', { hint: missed })];
  const code = { fail: 'labels.hint', unknown: 'labels.hint-unclear', note: 'labels.hint-noted' } as const;
  return facts.sources.flatMap(({ source, names }) => {
    if (names.state === 'unreadable') return [obstacleReason(names.obstacle, source)];
    const found = names.value.filter((name) => isHint(name, hints));
    if (found.length === 0) return [because('labels.no-hints', {}, source)];
    const outcome = code[source === hostNameSource ? hostName : hinted];
    return found.map((name) => because(outcome, { name, value }, source));
  });
}
