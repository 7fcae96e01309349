import { describe, expect, test } from 'vitest';
import { cms } from '../../../policies/checks/cms.ts';
import type { CmsFacts, Plugin, Site } from '../../../policies/checks/cms/facts.ts';
import { branchOf, isUnfinished } from '../../../policies/checks/cms/version.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';

const at = new Date('2026-11-21T12:00:00Z');
const longAgo = { notBefore: null, firstSeen: '2026-01-01T00:00:00.000Z' };

interface Given {
  readonly product?: Site['product'];
  readonly version?: string;
  readonly core?: Site['core'];
  readonly plugins?: Reading<Plugin[]>;
}

function site({ product = 'typo3', version = '13.4.20', core, plugins = read([]) }: Given = {}): Site {
  return {
    site: 'example.nl',
    product,
    account: 'account-1',
    names: ['example.nl'],
    found: longAgo,
    core:
      core ??
      read({
        versions: [{ file: 'a', version }],
        packaged: null,
        changed: '2026-01-01T00:00:00.000Z',
        since: longAgo,
      }),
    plugins,
  };
}

function releases(
  dated: string,
  ...days: readonly (readonly [version: string, released: string, extended?: boolean])[]
) {
  const listed = days.map(([version, released, extended = false]) => ({ version, released, extended }));
  return read({ dated, branches: [{ product: 'typo3' as const, branch: '13', releases: listed }] });
}

function facts(values: Partial<CmsFacts> = {}): CmsFacts {
  return {
    search: { folders: 1, declared: false, unread: [], cut: false },
    sites: [site()],
    support: support(['2027-12-31', '2030-12-31']),
    releases: releases('2026-11-20T06:00:00Z', ['13.4.19', '2026-09-01'], ['13.4.20', '2026-10-14']),
    ...values,
  };
}

function support(
  ends: [string, string] | [string] | null,
  { dated = '2026-08-22', bought = [] as CmsFacts['sites'][number]['product'][] } = {},
): CmsFacts['support'] {
  return read({ branches: [{ product: 'typo3', branch: '13', table: 'shipped', dated, ends }], bought });
}

function judge(given: CmsFacts, parameters: object = {}, moment = at): string[] {
  return cms
    .judge(read(JSON.parse(JSON.stringify(given))), parameters, moment)
    .map(({ verdict, code }) => `${verdict} ${code.replace('cms.', '')}`);
}

describe('a core', () => {
  test('that is supported and the newest of its branch passes', () => {
    expect(judge(facts())).toEqual(['pass supported', 'pass current']);
  });

  test.each<[string, Partial<CmsFacts>, string]>([
    ['supported without a known end', { support: support(['supported']) }, 'pass supported-undated'],
    ['on its last day', { support: support(['2026-11-21']) }, 'pass supported'],
    ['on the day after', { support: support(['2026-11-20']) }, 'fail support-ended'],
    ['ended, on a day nobody knows', { support: support(['ended']) }, 'fail support-ended-undated'],
    ['not in the table', { support: support(null) }, 'unknown support-unknown'],
    [
      'a table of the future',
      { support: support(['2027-12-31'], { dated: '2026-12-01' }) },
      'unknown support-table-future',
    ],
    ['a table of 180 days', { support: support(['2027-12-31'], { dated: '2026-05-26' }) }, 'pass supported'],
    ['an older table', { support: support(['2027-12-31'], { dated: '2026-05-24' }) }, 'unknown support-table-old'],
    ['a table that cannot be read', { support: unreadable('denied', '/table') }, 'unknown host.denied'],
  ])('support: %s', (_, values, expected) => {
    expect(judge(facts(values))[0]).toBe(expected);
  });

  test.each<[string, CmsFacts['support'], object, string]>([
    ['not asked for', support(['2026-04-30', '2029-04-30'], { bought: ['typo3'] }), {}, 'fail support-ended'],
    ['not bought', support(['2026-04-30', '2029-04-30']), { support: 'extended' }, 'fail extended-not-bought'],
    [
      'bought for another',
      support(['2026-04-30', '2029-04-30'], { bought: ['drupal'] }),
      { support: 'extended' },
      'fail extended-not-bought',
    ],
    [
      'bought',
      support(['2026-04-30', '2029-04-30'], { bought: ['typo3'] }),
      { support: 'extended' },
      'pass supported-extended',
    ],
    [
      'bought and over',
      support(['2023-04-30', '2026-04-30'], { bought: ['typo3'] }),
      { support: 'extended' },
      'fail support-ended',
    ],
    [
      'bought where there is none',
      support(['2026-04-30'], { bought: ['typo3'] }),
      { support: 'extended' },
      'fail support-ended',
    ],
  ])('extended support: %s', (_, table, parameters, expected) => {
    expect(judge(facts({ support: table }), parameters)[0]).toBe(expected);
  });

  const behind = [
    ['13.4.20', '2026-10-14'],
    ['13.4.21', '2026-11-10'],
    ['13.4.22', '2026-11-18'],
  ] as const;

  test.each<[string, CmsFacts['releases'], object, string]>([
    ['behind for less than is allowed', releases('2026-11-20T06:00:00Z', ...behind), {}, 'pass behind-briefly'],
    [
      'behind for longer, by the oldest that is missing',
      releases('2026-11-20T06:00:00Z', ...behind),
      { maximumBehind: '7d' },
      'fail behind',
    ],
    [
      'behind on what others paid for',
      releases('2026-11-20T06:00:00Z', ['13.4.20', '2026-10-14'], ['13.4.21', '2026-01-01', true]),
      {},
      'pass current',
    ],
    [
      'behind on a release that is not finished',
      releases('2026-11-20T06:00:00Z', ['13.4.20', '2026-10-14'], ['13.5.0-rc1', '2026-01-01']),
      {},
      'pass current',
    ],
    ['an older list', releases('2026-11-13T06:00:00Z', ['13.4.20', '2026-10-14']), {}, 'unknown releases-old'],
    [
      'a list of the future',
      releases('2026-11-22T06:00:00Z', ['13.4.20', '2026-10-14']),
      {},
      'unknown releases-future',
    ],
    ['no list', null, {}, 'unknown releases-none'],
    ['a list that cannot be read', unreadable('missing', '/list'), {}, 'unknown host.missing'],
    ['a list without the branch', read({ dated: '2026-11-20T06:00:00Z', branches: [] }), {}, 'unknown branch-unlisted'],
    [
      'a version that was made up',
      releases('2026-11-20T06:00:00Z', ['13.4.19', '2026-10-14']),
      {},
      'unknown version-unlisted',
    ],
  ])('releases: %s', (_, list, parameters, expected) => {
    expect(judge(facts({ releases: list }), parameters)[1]).toBe(expected);
  });

  test('with extended support counts the releases that come with it', () => {
    const list = releases('2026-11-20T06:00:00Z', ['13.4.20', '2026-10-14'], ['13.4.21', '2026-10-20', true]);
    const bought = support(['2026-04-30', '2029-04-30'], { bought: ['typo3'] });
    expect(judge(facts({ releases: list, support: bought }), { support: 'extended' })).toEqual([
      'pass supported-extended',
      'fail behind',
    ]);
  });

  test('says no more than it knows', () => {
    const unread = site({ core: unreadable('outside', 'typo3/sysext/core') });
    expect(judge(facts({ sites: [unread] }))).toEqual(['unknown host.outside']);
    expect(judge(facts({ sites: [site({ version: '14.0-dev' })] }))).toEqual(['unknown not-a-release']);
    const two = read({
      versions: [
        { file: 'a', version: '13.4.20' },
        { file: 'b', version: '13.4.19' },
      ],
      packaged: null,
      changed: '2026-01-01T00:00:00Z',
      since: longAgo,
    });
    expect(judge(facts({ sites: [site({ core: two })] }))).toEqual(['unknown versions-differ']);
    const packaged = read({
      versions: [{ file: 'a', version: '6.1.9' }],
      packaged: 'wordpress',
      changed: '2026-01-01T00:00:00Z',
      since: longAgo,
    });
    expect(judge(facts({ sites: [site({ core: packaged, product: 'wordpress' })] }))).toEqual([
      'not-applicable packaged',
    ]);
  });
});

describe('the search', () => {
  test('that missed something is unknown, whatever it found', () => {
    const search = {
      folders: 3,
      declared: true,
      unread: [{ where: 'b.nl', obstacle: { code: 'denied' as const, what: '.' } }],
      cut: true,
    };
    expect(judge(facts({ search }))).toEqual([
      'unknown host.denied',
      'unknown search-cut',
      'pass supported',
      'pass current',
    ]);
  });

  test('that found nothing is not applicable where it looked, and unknown where it had nowhere to', () => {
    const search = { folders: 0, declared: false, unread: [], cut: false };
    expect(judge(facts({ sites: [], search }))).toEqual(['unknown nowhere']);
    expect(judge(facts({ sites: [], search: { ...search, declared: true } }))).toEqual(['not-applicable none']);
    expect(judge(facts({ sites: [], search: { ...search, folders: 2 } }))).toEqual(['not-applicable none']);
  });

  test('is about the products that the control names', () => {
    const sites = [site({ product: 'joomla', version: '1.0.0' })];
    expect(judge(facts({ sites }), { products: ['typo3'] })).toEqual(['not-applicable none']);
    expect(judge(facts(), { products: ['typo3'] })).toEqual(['pass supported', 'pass current']);
  });
});

describe('looking for releases', () => {
  test.each<[string, CmsFacts['releases'], string]>([
    ['within a week', releases('2026-11-15T12:00:00Z', ['13.4.20', '2026-10-14']), 'pass looked'],
    ['longer ago', releases('2026-11-14T11:59:59Z', ['13.4.20', '2026-10-14']), 'fail looked-long-ago'],
    ['in the future', releases('2026-11-22T12:00:00Z', ['13.4.20', '2026-10-14']), 'unknown releases-future'],
    ['for other branches', read({ dated: '2026-11-20T06:00:00Z', branches: [] }), 'unknown branch-unlisted'],
    ['not at all', null, 'unknown releases-none'],
  ])('%s', (_, list, expected) => {
    expect(judge(facts({ releases: list }), { lookEvery: '7d' })).toEqual([expected]);
  });

  test('says so once a product', () => {
    expect(judge(facts({ sites: [site(), { ...site(), site: 'b.nl' }] }), { lookEvery: '7d' })).toEqual([
      'pass looked',
    ]);
  });
});

describe('plug-ins', () => {
  function plugin(version: string | null, state: string | null, values: Partial<Plugin> = {}): Plugin {
    const marks = read({ version, state: state as 'stable' | null });
    return { name: 'news', own: false, composer: false, marks, ...values };
  }

  test.each<[string, Site['product'], Plugin, string]>([
    ['stable', 'typo3', plugin('1.0.0', 'stable'), 'pass plugins-stable'],
    ['beta', 'typo3', plugin('1.0.0', 'beta'), 'fail plugin-state'],
    ['obsolete', 'typo3', plugin('1.0.0', 'obsolete'), 'fail plugin-state'],
    ['another word', 'typo3', plugin('1.0.0', 'other'), 'fail plugin-state'],
    ['stable in words, a branch in fact', 'typo3', plugin('dev-main', 'stable'), 'fail plugin-unfinished'],
    ['without a state', 'typo3', plugin('1.0.0', null), 'unknown plugin-unmarked'],
    ['without a state, by Composer', 'typo3', plugin('1.0.0', null, { composer: true }), 'pass plugins-stable'],
    ['a candidate, by Composer', 'typo3', plugin('1.0.0-RC2', null, { composer: true }), 'fail plugin-unfinished'],
    ['without anything, by Composer', 'typo3', plugin(null, null, { composer: true }), 'unknown plugin-unmarked'],
    ['a release', 'wordpress', plugin('5.3', null), 'pass plugins-stable'],
    ['a beta', 'wordpress', plugin('5.3-beta2', null), 'fail plugin-unfinished'],
    ['without a version', 'wordpress', plugin(null, null), 'unknown plugin-unmarked'],
    ['a release', 'drupal', plugin('8.x-1.13', null), 'pass plugins-stable'],
    ['a branch', 'drupal', plugin('8.x-1.x-dev', null), 'fail plugin-unfinished'],
    [
      'unread',
      'typo3',
      plugin(null, null, { marks: unreadable('outside', 'typo3conf/ext/news') }),
      'unknown host.outside',
    ],
    ['own', 'typo3', plugin('dev-main', 'alpha', { own: true }), 'pass plugins-none'],
  ])('%s (%s)', (_, product, one, expected) => {
    const [first] = judge(facts({ sites: [site({ product, plugins: read([one]) })] }), { plugins: 'stable' });
    expect(first).toBe(expected);
  });

  test('that are the site’s own are counted, and those that cannot be listed are unknown', () => {
    const sites = [site({ plugins: read([plugin('dev-main', null, { own: true })]) })];
    expect(judge(facts({ sites }), { plugins: 'stable' })).toEqual(['pass plugins-none', 'not-applicable plugins-own']);
    const unread = [site({ plugins: unreadable('missing', 'wp-content/plugins') })];
    expect(judge(facts({ sites: unread }), { plugins: 'stable' })).toEqual(['unknown host.missing']);
  });
});

describe('the hours of an update', () => {
  const window = { window: { from: '00:00', to: '04:00', timeZone: 'Europe/Amsterdam' } };
  const night = { window: { from: '22:00', to: '04:00', timeZone: 'Europe/Amsterdam' } };

  function updated(notBefore: string | null, firstSeen: string, values: { changed?: string; found?: string } = {}) {
    const since = { notBefore, firstSeen };
    const core = read({
      versions: [{ file: 'a', version: '13.4.20' }],
      packaged: null,
      changed: values.changed ?? firstSeen,
      since,
    });
    const found = { notBefore: null, firstSeen: values.found ?? longAgo.firstSeen };
    return facts({ sites: [{ ...site({ core }), found }] });
  }

  test.each<[string, CmsFacts, object, string]>([
    [
      'between looks in the window',
      updated('2026-11-20T00:00:00Z', '2026-11-20T00:15:00Z'),
      window,
      'pass updated-in-window',
    ],
    [
      'at its very beginning',
      updated('2026-11-19T23:00:00Z', '2026-11-19T23:15:00Z'),
      window,
      'pass updated-in-window',
    ],
    ['at its end', updated('2026-11-20T02:45:00Z', '2026-11-20T03:00:00Z'), window, 'unknown update-straddles'],
    [
      'in the afternoon',
      updated('2026-11-20T13:00:00Z', '2026-11-20T13:15:00Z'),
      window,
      'fail updated-outside-window',
    ],
    [
      'while nobody looked for an evening',
      updated('2026-11-19T20:00:00Z', '2026-11-20T00:15:00Z'),
      window,
      'unknown update-straddles',
    ],
    [
      'while nobody looked for days',
      updated('2026-11-18T00:00:00Z', '2026-11-20T00:15:00Z'),
      window,
      'unknown update-straddles',
    ],
    [
      'before midnight, where the window runs through it',
      updated('2026-11-19T22:00:00Z', '2026-11-19T22:15:00Z'),
      night,
      'pass updated-in-window',
    ],
    [
      'in the hour that occurs twice',
      updated('2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'),
      window,
      'pass updated-in-window',
    ],
    [
      'longer ago than is asked',
      updated('2026-09-20T13:00:00Z', '2026-09-20T13:15:00Z'),
      window,
      'not-applicable not-updated',
    ],
    ['in the future', updated('2026-11-22T00:00:00Z', '2026-11-22T00:15:00Z'), window, 'unknown update-clock'],
    [
      'perhaps, before the agent knew the site',
      updated(null, '2026-11-19T12:00:00Z', { found: '2026-11-19T12:00:00Z', changed: '2026-11-18T01:00:00Z' }),
      window,
      'unknown update-not-seen',
    ],
    [
      'not, by files that did not change',
      updated(null, '2026-11-19T12:00:00Z', { found: '2026-11-19T12:00:00Z', changed: '2026-01-18T01:00:00Z' }),
      window,
      'not-applicable not-updated',
    ],
  ])('%s', (_, given, parameters, expected) => {
    expect(judge(given, parameters)).toEqual([expected]);
  });
});

describe('parameters', () => {
  test.each([
    [{ lookEvery: '7d', plugins: 'stable' }],
    [{ plugins: 'stable', maximumBehind: '7d' }],
    [{ plugins: 'any' }],
    [{ products: ['magento'] }],
    [{ products: [] }],
    [{ support: 'paid' }],
  ])('%j are refused', (parameters) => {
    expect(cms.parameters.safeParse(parameters).success).toBe(false);
  });

  test('one promise goes with the products that it is about', () => {
    expect(cms.parameters.parse({ products: ['typo3'], lookEvery: '7d' })).toMatchObject({
      demand: 'look',
      every: 604_800,
    });
  });
});

test.each([
  ['typo3', '12.4.8', '12'],
  ['wordpress', '6.8', '6.8'],
  ['wordpress', '6.8.1', '6.8'],
  ['drupal', '10.3.1', '10.3'],
  ['drupal', '7.98', '7'],
  ['joomla', '5.1.0', '5'],
  ['typo3', '12', undefined],
  ['wordpress', '6.9-alpha-59000', undefined],
] as const)('the branch of %s %s is %s', (product, version, branch) => {
  expect(branchOf(product, version)).toBe(branch);
});

test('a version tells that it is no finished release', () => {
  const unfinished = ['dev-main', '1.0.0-RC1', '2.x-dev', '3.0beta2', '1.2-alpha', '4.0.0-pre.1', '5.0-SNAPSHOT'];
  expect(unfinished.filter((version) => !isUnfinished(version))).toEqual([]);
  expect(
    ['1.0.0', '2024.1', '8.x-1.13', '1.0.0-p1', '3.2.1a', '1.0-production', '2.0-devices'].filter(isUnfinished),
  ).toEqual([]);
});
