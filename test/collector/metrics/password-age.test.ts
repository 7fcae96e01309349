import { expect, test } from 'vitest';
import { passwordAgeMeasures } from '../../../collector/metrics/kinds/password-age.ts';
import type { PasswordAgeFacts, SetPassword, Store } from '../../../policies/checks/password-age/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T12:00:00Z');
const watchedSince = '2026-10-01T00:00:00.000Z';

function store(kind: Store['kind'], password: SetPassword): Store {
  const ways = read({ open: null, keepers: [] });
  const accounts = [{ account: 'a', password, begins: null, expires: null }];
  return { store: kind, kind, contents: read({ accounts, ways, watchedSince }) };
}

test('the oldest password of each kind counts, by its record or by what was seen, and none that nobody knows', () => {
  const system = {
    accounts: ['2026-05-01', '2026-04-01', null].map((changed, uid) => ({
      account: `a${uid}`,
      uid,
      shell: 'login' as const,
      password: { state: 'set' as const, changed },
      expires: null,
    })),
    malformed: [],
    directories: read([]),
  };
  const seen = { notBefore: '2026-11-01T00:00:00.000Z', firstSeen: '2026-11-02T00:00:00.000Z' };
  const facts: PasswordAgeFacts = {
    system: read(system),
    departures: null,
    stores: [
      store('mariadb', { state: 'set', changed: '2026-11-20T00:00:00.000Z', seen }),
      store('typo3', { state: 'set', changed: '2026-11-20T00:00:00.000Z' }),
      { store: 'x', kind: 'htpasswd', contents: unreadable('denied', 'x') },
    ],
  };
  const found = passwordAgeMeasures.measure(facts, at).map(({ labels, value }) => [labels.kind, value]);
  expect(found).toEqual([
    ['databases', Date.parse(seen.notBefore) / 1000],
    // Its record was written after the first look at the very same hash.
    ['sites', Date.parse(watchedSince) / 1000],
    ['system', Date.parse('2026-04-01') / 1000],
  ]);
});
