import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tlsVersions, weaknessNames, type Answer } from '../../../../../policies/checks/tls/profile.ts';
import { compareLetters, type Letter } from '../../../../../policies/checks/tls/rating/letters.ts';
import type { Rating } from '../../../../../policies/checks/tls/rating/rate.ts';
import { goodTrust, no, ratingOf, silent, web, yes, type Change } from './facts.ts';

/** From good to bad, for each of what a server may get wrong: an index into each makes a server. */
const scales: readonly (readonly ((change: Change) => Change)[])[] = [
  ...(['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1'] as const).map((version) => [
    accepts(version, no),
    accepts(version, yes),
  ]),
  [accepts('TLSv1.3', yes), accepts('TLSv1.3', no)],
  ...weaknessNames.map((name) => [weakness(name, no), weakness(name, yes)]),
  [4096, 2048, 1024, 512].map((bits) => (change) => ({
    ...change,
    leaf: { ...change.leaf, key: { kind: 'RSA', bits } },
  })),
  [4096, 2048, 1024, 512].map((bits) => (change) => ({
    ...change,
    profile: { ...change.profile, finiteFields: [{ bits, prime: 'own', known: false }] },
  })),
  [1, 2, 3, 4, 5]
    .map((count) => [0xc0_30, 0xc0_2f, 0xc0_11, 0xc0_12, 0x03].slice(0, count))
    .map((suites) => (change) => ({ ...change, suites: { 'TLSv1.2': suites } })),
  ['max-age=31536000', 'max-age=60', 'max-age=0'].map((header) => (change) => ({ ...change, http: web(header) })),
  [same, (change) => ({ ...change, trust: { chain: { ...goodTrust.chain, lacksIntermediate: true } } })],
  [same, (change) => ({ ...change, name: 'other.example.nl' })],
  [same, (change) => ({ ...change, leaf: { ...change.leaf, notAfter: '2026-05-30T00:00:00.000Z' } })],
];

function same(change: Change): Change {
  return change;
}

function accepts(version: (typeof tlsVersions)[number], answer: Answer): (change: Change) => Change {
  return (change) => {
    const all = change.versions ?? ratable;
    return { ...change, versions: { ...all, [version]: answer } };
  };
}

const ratable = { SSLv2: no, SSLv3: no, 'TLSv1.0': no, 'TLSv1.1': no, 'TLSv1.2': yes, 'TLSv1.3': yes } as const;

function weakness(name: (typeof weaknessNames)[number], answer: Answer): (change: Change) => Change {
  return (change) => ({ ...change, weaknesses: { ...change.weaknesses, [name]: answer } });
}

function build(places: readonly number[]): Rating {
  const steps = scales.map((scale, index) => scale[(places[index] ?? 0) % scale.length] ?? same);
  return ratingOf(steps.reduce<Change>((change, step) => step(change), {}));
}

const place = fc.tuple(...scales.map((scale) => fc.nat(scale.length - 1)));
const isNotWorse = (a: Letter, b: Letter): boolean => compareLetters(a, b) >= 0;

test('improving anything never worsens the letter or a score', () => {
  fc.assert(
    fc.property(place, fc.nat(scales.length - 1), (places, index) => {
      fc.pre((places[index] ?? 0) > 0);
      const worse = build(places);
      const better = build(places.map((at, other) => (other === index ? at - 1 : at)));
      expect(isNotWorse(better.letter.best, worse.letter.best)).toBe(true);
      expect(isNotWorse(better.letter.worst, worse.letter.worst)).toBe(true);
      expect(better.scores.total.highest).toBeGreaterThanOrEqual(worse.scores.total.highest);
    }),
    { numRuns: 2000 },
  );
});

/** What a question can be answered with, and what it is while nobody answered. */
const questions: readonly ((answer: Answer) => (change: Change) => Change)[] = [
  ...weaknessNames.map((name) => (answer: Answer) => weakness(name, answer)),
  ...(['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.3'] as const).map(
    (version) => (answer: Answer) => accepts(version, answer),
  ),
  (answer) => (change) => ({ ...change, features: { ...change.features, compression: answer } }),
  (answer) => (change) => ({ ...change, features: { ...change.features, secureRenegotiation: answer } }),
];

test('whatever an open question turns out to be lies within the letters that it left', () => {
  const answers = fc.tuple(...questions.map(() => fc.constantFrom(yes, no, silent)));
  fc.assert(
    fc.property(answers, fc.nat(questions.length - 1), fc.constantFrom(yes, no), (given, index, outcome) => {
      const rated = (answer: Answer): Rating =>
        ratingOf(
          questions.reduce<Change>((change, ask, at) => ask(at === index ? answer : (given[at] ?? no))(change), {}),
        );
      const open = rated(silent);
      const settled = rated(outcome);
      expect(isNotWorse(open.letter.best, settled.letter.best)).toBe(true);
      expect(isNotWorse(settled.letter.worst, open.letter.worst)).toBe(true);
      expect(open.scores.total.highest).toBeGreaterThanOrEqual(settled.scores.total.highest);
      expect(open.scores.total.lowest).toBeLessThanOrEqual(settled.scores.total.lowest);
    }),
    { numRuns: 2000 },
  );
});
