import type { Act } from '../../../evidence/act.ts';
import { twoHosts, type FixtureLog } from '../evidence.ts';
import type { Attack, Attacked } from './attack.ts';

const opened: Act = {
  act: 'open-case',
  id: 'case-1',
  of: 'data-leak',
  urgency: null,
  began: '2026-10-01T00:00:00.000Z',
  about: null,
  fields: [],
};

const about = { policy: 'quick', control: 'Q-password', hosts: ['web1'] };

const attested: Act = {
  act: 'attest',
  id: 'attestation-1',
  policy: 'quick',
  control: 'Q-review',
  scope: { of: 'organisation' },
  effective: '2026-10-01T00:00:00.000Z',
  until: null,
};

/** Acts that somebody wrote into a log past the collector, which would have refused them. */
function onActs(...write: readonly ((log: FixtureLog) => void)[]): () => Promise<Attacked> {
  return async () => {
    const { log } = await twoHosts();
    for (const one of write) one(log);
    return { bundle: log.bundle() };
  };
}

/** On the entries by which people say what they did. */
export const onPeople: readonly Attack[] = [
  {
    name: 'a case that is opened again, to give it another beginning',
    outcome: 'tampered',
    code: 'act.repeated',
    words: /entry 10: it begins something under an id/,
    make: onActs(
      (log) => log.act(opened),
      (log) => log.act({ ...opened, began: '2026-10-02T00:00:00.000Z' }),
    ),
  },
  {
    name: 'a step of a case whose opening was taken away',
    outcome: 'tampered',
    code: 'act.unknown',
    words: /entry 9: it is about something that no earlier entry begins/,
    make: onActs((log) => log.act({ act: 'take-step', of: 'case-1', step: 'customer-told', fields: [] })),
  },
  {
    name: 'an approval of what was taken back',
    outcome: 'tampered',
    code: 'act.ended',
    words: /entry 11: it is about something that an earlier entry ended/,
    make: onActs(
      (log) => log.act(attested),
      (log) => log.act({ act: 'revoke', of: 'attestation-1' }),
      (log) => log.act({ act: 'approve', of: 'attestation-1' }, 'person-b'),
    ),
  },
  {
    name: "an approval of one's own",
    outcome: 'tampered',
    code: 'act.own',
    words: /entry 10: it approves of what the same person asked for/,
    make: onActs(
      (log) => log.act(attested),
      (log) => log.act({ act: 'approve', of: 'attestation-1' }),
    ),
  },
  {
    name: 'a finding that somebody closed himself who should have examined it',
    outcome: 'tampered',
    code: 'act.collector',
    words: /entry 10: only the collector itself closes what it opened/,
    make: onActs(
      (log) => log.act({ ...opened, of: 'finding', about }, 'collector', undefined, 'collector'),
      (log) => log.act({ act: 'close-case', of: 'case-1', fields: [] }),
    ),
  },
  {
    name: 'a spot check of something that was not drawn',
    outcome: 'tampered',
    code: 'act.sample',
    words: /entry 9: it is about something that the sample of its month does not name/,
    make: onActs((log) => {
      const looked = { policy: 'quick', control: 'Q-password', host: 'web1', month: '2026-11' };
      return log.act({ act: 'spot-check', ...looked, found: 'confirmed' });
    }),
  },
  {
    name: 'words of an act that were changed',
    outcome: 'tampered',
    code: 'part.commitment',
    words: /statement \(or its salt\) is not what entry 9 commits to/,
    make: onActs((log) => {
      const commitment = log.act(opened, 'person-a', 'Jan lost it');
      const part = log.parts.get(commitment ?? '');
      if (part === undefined) throw new Error('the act has no words');
      log.parts.set(part.commitment, { ...part, bytes: Buffer.from('{"v":1,"text":"Piet lost it"}') });
    }),
  },
];
