import type { SimulatedHost, Trouble } from '../../demo/fleet.ts';
import { simulated } from '../../demo/facts/index.ts';
import { updatesFacts } from '../../demo/facts/updates.ts';
import { randomOf } from '../../demo/random.ts';
import { read } from '../../../policies/reading.ts';
import { at, dayBefore, daysAgo, type Example } from './example.ts';

/** A host of the demonstration that everything is well on, but for one trouble that it always had. */
function hostWith(...troubles: readonly Trouble[]): SimulatedHost {
  const always = { from: 0, until: Infinity };
  return {
    ...{ name: 'web1.simulated.example', number: 1, role: 'hosting', labels: { role: 'web' } },
    ...{ os: { release: '13', codename: 'trixie' }, policies: [], reports: always, retired: undefined },
    certificates: Date.parse(daysAgo(300)),
    spells: troubles.map((what) => ({ what, ...always })),
    random: (purpose) => randomOf('example', purpose),
  };
}

function factsOf(kind: string, ...troubles: readonly Trouble[]): unknown {
  return simulated[kind]?.(hostWith(...troubles), at.getTime());
}

function exampleOf(kind: string, trouble: Trouble): Example {
  return { kind, kept: () => factsOf(kind), broken: () => factsOf(kind, trouble) };
}

/** Too long without a look at the lists, and the last updates came in the middle of the day. */
function neglected(): unknown {
  const facts = updatesFacts(hostWith('updates'), at.getTime());
  const sources = facts.sources.state === 'read' ? facts.sources.value : [];
  return {
    ...facts,
    sources: read(
      sources.map(({ index, ...source }) => {
        return { ...source, index: index.state === 'read' ? read({ ...index.value, date: daysAgo(20) }) : index };
      }),
    ),
    lastAttempt: read(daysAgo(20)),
    history: read({
      timeZone: 'Europe/Amsterdam',
      reachesBackTo: `${dayBefore(60)}T00:00:00`,
      upgrades: [`${dayBefore(4)}T14:30:00`],
      emergencies: [],
    }),
  };
}

export const simulatedExamples: readonly Example[] = [
  exampleOf('certificate', 'certificate'),
  exampleOf('time-sync', 'clock'),
  exampleOf('tls', 'tls'),
  { kind: 'updates', kept: () => factsOf('updates'), broken: neglected },
];
