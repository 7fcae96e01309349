import type { CmsFacts } from '../../../policies/checks/cms/facts.ts';
import type { HttpRestrictionFacts } from '../../../policies/checks/http-restriction/facts.ts';
import { httpRestriction } from '../../../policies/checks/http-restriction.ts';
import type { HttpsFacts } from '../../../policies/checks/https.ts';
import type { WebAnswer } from '../../../policies/checks/https/facts.ts';
import type { IsolationFacts } from '../../../policies/checks/isolation/facts.ts';
import type { WafFacts } from '../../../policies/checks/waf/facts.ts';
import { read } from '../../../policies/reading.ts';
import { daysAgo, type Asked, type Example } from './example.ts';

const http = (status: number, location: string | null = null): WebAnswer => {
  return { state: 'http', status, location, strictTransportSecurity: [] };
};

/** Plain HTTP leads to HTTPS, or has the pages itself. */
function sitesOf(answer: WebAnswer): HttpsFacts {
  const site = { endpoint: '192.0.2.1:80', name: 'www.example.nl', origin: 'listening', configured: true } as const;
  const steps = [{ url: 'http://www.example.nl/', answer }];
  const led = answer.state === 'http' && answer.location !== null;
  const rest = led ? [{ url: 'https://www.example.nl/', answer: http(200) }] : [];
  return {
    listening: read({ skipped: [], overLimit: 0 }),
    plain: [{ ...site, steps: [...steps, ...rest] }],
    secure: [],
  };
}

const https: Example = {
  kind: 'https',
  kept: () => sitesOf(http(301, 'https://www.example.nl/')),
  broken: () => sitesOf(http(200)),
};

/**
 * TYPO3 13, its newest version since some nights ago; or one of a year ago, put there in an afternoon, with a beta. Where it
 * is asked that somebody looks for newer ones, nobody did for a month.
 */
function typo3(how: 'kept' | 'broken', { lookEvery }: Asked): CmsFacts {
  const isKept = how === 'kept';
  const since = { notBefore: daysAgo(isKept ? 5.43 : 4.05), firstSeen: daysAgo(isKept ? 5.42 : 4.04) };
  const changed = isKept ? '2026-11-17T01:50:00.000Z' : '2026-11-18T10:55:00.000Z';
  const version = isKept ? '13.4.20' : '13.4.2';
  const releases = [
    { version: '13.4.2', released: '2025-10-01', extended: false },
    { version: '13.4.19', released: '2026-09-01', extended: false },
    { version: '13.4.20', released: '2026-11-14', extended: false },
  ];
  const plugin = {
    ...{ name: 'news', own: false, composer: false },
    marks: read({ version: '11.0.0', state: isKept ? ('stable' as const) : ('beta' as const) }),
  };
  const site = {
    ...{ site: 'example.nl', product: 'typo3' as const, account: 'account-1', names: ['example.nl'] },
    found: { notBefore: null, firstSeen: daysAgo(400) },
    core: read({ versions: [{ file: 'composer.lock', version }], packaged: null, changed, since }),
    plugins: read([plugin]),
  };
  const branch = { product: 'typo3', branch: '13' } as const;
  return {
    search: { folders: 1, declared: false, unread: [], cut: false },
    sites: [site],
    support: read({
      branches: [{ ...branch, table: 'shipped', dated: '2026-08-22', ends: ['2027-12-31', '2030-12-31'] }],
      bought: [],
    }),
    releases: read({ dated: daysAgo(isKept || lookEvery === undefined ? 1 : 30), branches: [{ ...branch, releases }] }),
  };
}

const cms: Example = { kind: 'cms', kept: (asked) => typo3('kept', asked), broken: (asked) => typo3('broken', asked) };

/** Whatever is asked for is refused, and uploads do nothing; or all is answered, and they run. */
function restricted(asked: Asked, how: 'kept' | 'broken'): HttpRestrictionFacts {
  const { paths } = httpRestriction.parameters.parse(asked) as { readonly paths?: 'declared' | readonly string[] };
  const answer = { state: 'status', status: how === 'kept' ? 403 : 200 } as const;
  const tried = {
    ...{ address: '203.0.113.5', isOwn: false },
    ...({ front: { state: 'status', status: 200 }, nothing: { state: 'status', status: 404 } } as const),
    paths: (paths === undefined || paths === 'declared' ? [] : paths).map((path) => ({ path, answer })),
    agents: [{ agent: 'BadBot', answer }],
  };
  const does = how === 'kept' ? ('refuses' as const) : ('executes' as const);
  const served = {
    ...({ software: 'Apache', site: 'www.example.nl', honoursHtaccess: false } as const),
    outcomes: [{ file: 'probe.php', does, by: 'Require all denied' }],
  };
  return {
    sites: [{ site: 'https://www.example.nl', tried: read([tried]) }],
    declared: { paths: [], userAgents: ['BadBot'], hasUploadFolders: true },
    uploads: read({
      folders: [{ folder: '/srv/www/fileadmin', origin: 'settings', served: [served], probe: null }],
      left: 0,
    }),
  };
}

const restriction: Example = {
  kind: 'http-restriction',
  kept: (asked) => restricted(asked, 'kept'),
  broken: (asked) => restricted(asked, 'broken'),
};

/** ModSecurity with the core rules, and a probe of its own that it refuses; or switched off. */
function guarded(how: 'kept' | 'broken'): WafFacts {
  const site = {
    ...{ names: ['www.example.nl'], listens: ['443'], givesNothing: false, coreRules: '3.3.4', rules: 900 },
    ...{ removed: [], conditional: 0, threshold: 5, exceptions: [] },
    engine: how === 'kept' ? ('On' as const) : ('Off' as const),
  };
  const probe = {
    ...({ url: 'https://www.example.nl/', address: '127.0.0.1', origin: 'own', leadsAway: false } as const),
    plain: { state: 'status' as const, status: 200 },
    attack: { state: 'status' as const, status: how === 'kept' ? 403 : 200 },
  };
  return {
    servers: [{ software: 'nginx', sites: read([site]) }],
    others: [],
    probes: read({ made: [probe], left: 0 }),
    exceptions: [],
  };
}

const waf: Example = { kind: 'waf', kept: () => guarded('kept'), broken: () => guarded('broken') };

/** Two customers with a pool of PHP each, or one that both share and everybody can read. */
function hosted(how: 'kept' | 'broken'): IsolationFacts {
  const openTo = read(how === 'kept' ? ('owner' as const) : ('others' as const));
  const poolOf = (name: string): string => (how === 'kept' ? name : 'a');
  const names = ['a', 'b'];
  return {
    sites: names.map((name) => ({
      ...{ site: `${name}.example`, customer: `${name}.example`, owner: read(`account-${name}`) },
      runners: read([{ by: 'fastcgi' as const, address: `/run/${poolOf(name)}.sock` }]),
      secrets: [{ file: 'wp-config.php', openTo }],
    })),
    unread: [],
    pools: read(
      names.map((name) => ({
        ...{ pool: name, address: `/run/${name}.sock`, user: `account-${poolOf(name)}`, isWebUser: false, runsAs: [] },
        ...{ openTo, sessions: how === 'kept' ? `/srv/${name}/sessions` : '/tmp', uploads: `/srv/${name}/uploads` },
        ...{ hasChroot: false, hasOpenBasedir: how === 'kept' },
      })),
    ),
    homes: read(names.map((name) => ({ account: `account-${name}`, openTo }))),
    processes: read(how === 'kept' ? ('hidden' as const) : ('visible' as const)),
    caged: null,
    crossReads: [
      {
        ...{ reader: 'account-a', site: 'b.example', file: 'wp-config.php' },
        outcome: read(how === 'kept' ? ('refused' as const) : ('read' as const)),
      },
    ],
  };
}

const isolation: Example = { kind: 'isolation', kept: () => hosted('kept'), broken: () => hosted('broken') };

export const webExamples: readonly Example[] = [cms, https, isolation, restriction, waf];
