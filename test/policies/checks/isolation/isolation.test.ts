import { describe, expect, test } from 'vitest';
import { isolation } from '../../../../policies/checks/isolation.ts';
import type { IsolationFacts, Pool, Runner, Site } from '../../../../policies/checks/isolation/facts.ts';
import { read, unreadable } from '../../../../policies/reading.ts';

const site = (name: string, values: Partial<Site> = {}): Site => ({
  site: `${name}.example`,
  customer: `${name}.example`,
  owner: read(`@${name}`),
  runners: read([{ by: 'fastcgi', address: `/run/${name}.sock` }]),
  secrets: [{ file: 'wp-config.php', openTo: read('owner') }],
  ...values,
});
const pool = (name: string, values: Partial<Pool> = {}): Pool => ({
  pool: name,
  address: `/run/${name}.sock`,
  user: `@${name}`,
  isWebUser: false,
  runsAs: [],
  openTo: read('owner'),
  sessions: `/srv/${name}/sessions`,
  uploads: `/srv/${name}/uploads`,
  hasChroot: false,
  hasOpenBasedir: true,
  ...values,
});
const sound: IsolationFacts = {
  sites: [site('a'), site('b')],
  unread: [],
  pools: read([pool('a'), pool('b')]),
  homes: read([
    { account: '@a', openTo: read('owner') },
    { account: '@b', openTo: read('owner') },
  ]),
  processes: read('hidden'),
  caged: null,
  crossReads: [{ reader: '@a', site: 'b.example', file: 'wp-config.php', outcome: read('refused') }],
};

function judge(facts: Partial<IsolationFacts>, require = ['users']): string[] {
  const reasons = isolation.judge(read({ ...sound, ...facts }), { require }, new Date());
  return reasons.map(({ verdict, code, subject }) =>
    `${verdict} ${code.replace('isolation.', '')} ${subject ?? ''}`.trim(),
  );
}
const withRunners = (...runners: Runner[]): Site => site('b', { runners: read(runners) });
const withPools = (...pools: Pool[]): Partial<IsolationFacts> => ({ pools: read(pools) });

describe('users', () => {
  test('pass where each site has its own', () => {
    expect(judge({})).toEqual(['pass own-user a.example', 'pass own-user b.example']);
    expect(judge({ sites: [site('a'), site('b', { runners: read([]) })] })).toContain('pass static b.example');
  });

  test.each<[string, Partial<IsolationFacts>, string]>([
    [
      'one pool for two customers',
      { sites: [site('a'), withRunners({ by: 'fastcgi', address: '/run/a.sock' })] },
      'fail shared-pool b.example',
    ],
    ['two pools of one user', withPools(pool('a'), pool('b', { user: '@a' })), 'fail shared-user b.example'],
    [
      'a pool that still runs as another',
      withPools(pool('a'), pool('b', { runsAs: ['@a'] })),
      'fail shared-user b.example',
    ],
    [
      'a pool that runs as somebody else',
      withPools(pool('a'), pool('b', { runsAs: ['@c'] })),
      'unknown other-user b.example',
    ],
    [
      'a pool of the web server’s user',
      withPools(pool('a'), pool('b', { isWebUser: true })),
      'fail web-user b.example',
    ],
    ['no pool where programs are to run', withPools(pool('a')), 'unknown no-pool b.example'],
    ['mod_php', { sites: [site('a'), withRunners({ by: 'module', user: null })] }, 'fail module b.example'],
    [
      'mpm-itk as the user of another site',
      { sites: [site('a'), withRunners({ by: 'module', user: '@a' })] },
      'fail shared-user b.example',
    ],
    [
      'suEXEC as the user of another site',
      { sites: [site('a'), withRunners({ by: 'suexec', user: '@a' })] },
      'fail shared-user b.example',
    ],
    [
      'suEXEC as a user of its own',
      { sites: [site('a'), withRunners({ by: 'suexec', user: '@b' })] },
      'pass own-user b.example',
    ],
    [
      'a server behind the web server',
      { sites: [site('a'), withRunners({ by: 'proxy', address: '127.0.0.1:3000' })] },
      'unknown proxied b.example',
    ],
    [
      'one of two programs with a user of its own',
      { sites: [site('a'), withRunners({ by: 'suexec', user: '@b' }, { by: 'module', user: null })] },
      'fail module b.example',
    ],
    ['unreadable pools', { pools: unreadable('denied', '/proc') }, 'unknown host.denied PHP-FPM'],
    [
      'a site that could not be read',
      { sites: [site('a'), site('b', { runners: unreadable('denied', 'x') })] },
      'unknown host.denied b.example',
    ],
  ])('come out by what runs: %s', (_what, facts, expected) => {
    expect(judge(facts)).toContain(expected);
  });

  test('may be shared by sites of one customer, and of nobody else', () => {
    const shared = { sites: [site('a'), withRunners({ by: 'fastcgi', address: '/run/a.sock' })] };
    const same = shared.sites.map((one) => ({ ...one, customer: '@k1' }));
    expect(judge({ sites: same })).toEqual(['pass one-customer']);
    expect(judge({ sites: [...same, site('c')] })[0]).toBe('pass own-user a.example');
    expect(judge({ sites: [site('a')] })).toEqual(['pass one-site a.example']);
  });

  test('are unknown where sites may be that were not found', () => {
    const unread = [{ where: 'Apache', reading: unreadable('denied', 'Apache') }];
    expect(judge({ sites: [site('a')], unread })).toEqual(['unknown host.denied Apache', 'pass own-user a.example']);
    expect(judge({ sites: [], unread })).toEqual(['unknown host.denied Apache']);
    expect(judge({ sites: [] })).toEqual(['unknown no-sites']);
  });
});

describe('what accounts can do to each other', () => {
  test.each([
    ['network', 'fail pool-open b'],
    ['others', 'fail pool-open b'],
    ['group', 'fail pool-open b'],
    ['owner', 'pass pool-closed b'],
  ] as const)('a pool that is open to %s', (openTo, expected) => {
    expect(judge(withPools(pool('a'), pool('b', { openTo: read(openTo) })), ['pools'])).toContain(expected);
  });

  test('unreadable things are unknown', () => {
    const denied = unreadable('denied', 'x');
    expect(judge(withPools(pool('a', { openTo: denied })), ['pools'])).toEqual(['unknown host.denied a']);
    expect(judge({ homes: denied }, ['homes'])).toEqual(['unknown host.denied homes']);
    expect(judge({ homes: read([{ account: '@a', openTo: denied }]) }, ['homes'])).toEqual(['unknown host.denied @a']);
    expect(judge({ processes: denied }, ['processes'])).toEqual(['unknown host.denied processes']);
    const secrets = [{ file: '.env', openTo: denied }];
    expect(judge({ sites: [site('a'), site('b', { secrets })] }, ['secrets'])).toContain(
      'unknown host.denied b.example',
    );
    const crossReads = [{ reader: '@a', site: 'b.example', file: '.env', outcome: denied }];
    expect(judge({ crossReads }, ['cross'])).toEqual(['unknown host.denied b.example']);
  });

  test('homes and files with passwords are as open as their modes', () => {
    const homes = read([{ account: '@a', openTo: read('group' as const) }]);
    expect(judge({ homes }, ['homes'])).toEqual(['fail home-open @a']);
    const secrets = [
      { file: 'wp-config.php', openTo: read('owner' as const) },
      { file: '.env', openTo: read('others' as const) },
    ];
    expect(judge({ sites: [site('a'), site('b', { secrets })] }, ['secrets'])).toEqual([
      'pass secrets-closed a.example',
      'fail secret-open b.example',
    ]);
  });

  test('CageFS counts only where it holds the accounts of all sites', () => {
    const open = {
      homes: read([{ account: '@a', openTo: read('others' as const) }]),
      processes: read('visible' as const),
    };
    expect(judge({ ...open, caged: read(['@a', '@b']) }, ['homes', 'processes'])).toEqual([
      'pass caged homes',
      'pass caged processes',
    ]);
    const partly = judge({ ...open, caged: read(['@a']) }, ['homes', 'processes']);
    expect(partly).toEqual(['fail home-open @a', 'fail processes-visible processes']);
    const denied = unreadable('command-failed', 'cagefsctl');
    expect(judge({ ...open, caged: denied }, ['homes'])).toEqual([
      'unknown host.command-failed CageFS',
      'fail home-open @a',
    ]);
  });

  test('temporary folders are shared where two users’ pools have the same, be it the usual one', () => {
    const usual = { sessions: null, uploads: null };
    expect(judge(withPools(pool('a', usual), pool('b', usual)), ['temporaries'])).toEqual([
      'fail temporary-shared a',
      'fail temporary-shared a',
      'fail temporary-shared b',
      'fail temporary-shared b',
    ]);
    expect(judge(withPools(pool('a', usual), pool('b', { ...usual, user: '@a' })), ['temporaries'])).toEqual([
      'pass temporary-own a',
      'pass temporary-own b',
    ]);
  });

  test('what was tried counts, and what was not is unknown', () => {
    const crossReads = [{ reader: '@a', site: 'b.example', file: '.env', outcome: read('read' as const) }];
    expect(judge({ crossReads }, ['cross'])).toEqual(['fail cross-read b.example']);
    expect(judge({ crossReads: null }, ['cross'])).toEqual(['unknown cross-not-allowed']);
    expect(judge({ crossReads: [] }, ['cross'])).toEqual(['unknown cross-none']);
  });
});
