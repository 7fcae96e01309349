import { expect, test } from 'vitest';
import { updatesMeasures } from '../../../collector/metrics/kinds/updates.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { apt, at, dnf, dnfWithIndex, support } from '../../policies/checks/updates/facts.ts';

function figures(facts: unknown): string[] {
  return updatesMeasures.measure(facts, at).map(({ family, labels, value }) => {
    const label = Object.entries(labels).map(([name, text]) => `{${name}=${text}}`);
    return `${family.replace('waarborg_', '')}${label.join('')} ${value}`;
  });
}

const ends = [
  'support_end_timestamp_seconds{support=standard} 1849392000',
  'support_end_timestamp_seconds{support=extended} 1909008000',
];

test('what waits is told by sort, and repositories by the earliest look', () => {
  const update = { package: 'a', installed: '1', candidate: '2', held: false, security: null, unlabelled: null };
  const waiting = [
    { ...update, security: { version: '2', since: null }, unlabelled: { version: '3', source: 'epel', since: null } },
    { ...update, unlabelled: { version: '2', source: 'epel', since: null } },
    update,
    update,
  ];
  expect(figures(dnf({ packages: read({ installed: 9, waiting }) }))).toEqual([
    'updates_pending{category=security} 1',
    'updates_pending{category=unlabelled} 1',
    'updates_pending{category=other} 2',
    'updates_lists_timestamp_seconds 1795327200',
    'reboot_required 0',
    ...ends,
  ]);
});

test('what was not read has no figure: no list, no reboot, no end', () => {
  const facts = {
    ...apt({ packages: unreadable('command-missing', 'apt-cache'), support: unreadable('missing', '/table.yaml') }),
    reboot: { ...apt().reboot, asking: unreadable('denied', '/run/reboot-required') },
  };
  expect(figures(facts)).toEqual([]);
  expect(figures(dnfWithIndex({}))).toContain('updates_lists_timestamp_seconds 1795327200');
  expect(figures(dnf({ repositories: unreadable('command-missing', 'dnf') })).join()).not.toContain('lists');
});

test('a reboot that is asked for is one, and an end without a day none', () => {
  const facts = dnf({ support: read({ ...support, ends: ['supported'] }) });
  const asking = { ...facts, reboot: { ...facts.reboot, asking: read(['glibc']) } };
  expect(figures(asking)).toContain('reboot_required 1');
  expect(figures(asking).join()).not.toContain('support_end');
});
