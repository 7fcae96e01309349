import { describe, expect, test } from 'vitest';
import { httpRestriction, HttpRestrictionParameters } from '../../../policies/checks/http-restriction.ts';
import type { HttpRestrictionFacts, Outcome, Tried, Upload } from '../../../policies/checks/http-restriction/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const tried: Tried = {
  address: '203.0.113.5',
  isOwn: false,
  front: { state: 'status', status: 200 },
  nothing: { state: 'status', status: 404 },
  paths: [],
  agents: [],
};

function judge(facts: Partial<HttpRestrictionFacts>, parameters: object): string[] {
  const whole: HttpRestrictionFacts = {
    sites: null,
    declared: { paths: [], userAgents: [], hasUploadFolders: false },
    uploads: read({ folders: [], left: 0 }),
    ...facts,
  };
  return httpRestriction
    .judge(read(whole), parameters, new Date(0))
    .map(({ code }) => code.replace('http-restriction.', ''));
}

const withTried = (values: Partial<Tried>): Partial<HttpRestrictionFacts> => ({
  sites: [{ site: 'https://www.example.nl', tried: read([{ ...tried, ...values }]) }],
});

describe('paths', () => {
  const asked = { paths: ['/install.php'] };
  const answered = (answer: Tried['front'], values: Partial<Tried> = {}): string[] =>
    judge(withTried({ paths: [{ path: '/install.php', answer }], ...values }), asked);

  test.each<[Tried['front'], string]>([
    [{ state: 'status', status: 401 }, 'path-refused'],
    [{ state: 'status', status: 403 }, 'path-refused'],
    [{ state: 'status', status: 404 }, 'path-refused'],
    [{ state: 'status', status: 410 }, 'path-refused'],
    [{ state: 'closed' }, 'path-refused'],
    [{ state: 'status', status: 200 }, 'path-answered'],
    [{ state: 'status', status: 302 }, 'path-answered'],
    [{ state: 'status', status: 429 }, 'path-unclear'],
    [{ state: 'status', status: 500 }, 'path-unclear'],
    [{ state: 'none', detail: 'silent' }, 'path-unclear'],
  ])('%j is %s', (answer, code) => {
    expect(answered(answer)).toEqual([code]);
  });

  test('shows nothing from the host itself, with a broken front page, or where every page is answered alike', () => {
    const refused: Tried['front'] = { state: 'status', status: 403 };
    expect(answered(refused, { isOwn: true })).toEqual(['not-outside']);
    expect(answered(refused, { front: { state: 'status', status: 403 } })).toEqual(['front-unclear']);
    expect(answered(refused, { front: { state: 'none', detail: 'silent' } })).toEqual(['front-unclear']);
    expect(answered({ state: 'status', status: 200 }, { nothing: { state: 'status', status: 200 } })).toEqual([
      'path-like-any',
    ]);
  });

  test('is unknown for a path that nobody tried, for want of sites and for want of paths', () => {
    expect(judge(withTried({}), asked)).toEqual(['path-unclear']);
    expect(judge({}, asked)).toEqual(['sites-not-set']);
    expect(judge({ sites: [] }, asked)).toEqual(['sites-not-set']);
    expect(judge(withTried({}), { paths: 'declared' })).toEqual(['paths-not-set']);
    expect(judge({ sites: [{ site: 'https://x.nl', tried: unreadable('unreachable', 'x.nl') }] }, asked)).toEqual([
      'host.unreachable',
    ]);
  });

  test('are those of the policy and of agent.yaml together', () => {
    const declared = { paths: ['/pma'], userAgents: [], hasUploadFolders: false };
    expect(judge({ ...withTried({}), declared }, asked)).toHaveLength(2);
  });
});

describe('user agents', () => {
  const asked = { userAgents: ['BadBot'] };
  test.each<[Tried['front'], string]>([
    [{ state: 'status', status: 403 }, 'agent-refused'],
    [{ state: 'status', status: 429 }, 'agent-refused'],
    [{ state: 'closed' }, 'agent-refused'],
    [{ state: 'status', status: 200 }, 'agent-served'],
    [{ state: 'status', status: 301 }, 'agent-served'],
    [{ state: 'status', status: 503 }, 'agent-unclear'],
  ])('%j is %s', (answer, code) => {
    expect(judge(withTried({ agents: [{ agent: 'BadBot', answer }] }), asked)).toEqual([code]);
  });

  test('are unknown where nobody named any, or tried them', () => {
    expect(judge(withTried({}), { userAgents: 'declared' })).toEqual(['agents-not-set']);
    expect(judge(withTried({}), asked)).toEqual(['agent-unclear']);
  });
});

describe('upload folders', () => {
  const upload = (does: Outcome['does'], values: Partial<Upload> = {}, honoursHtaccess = false): Upload => ({
    folder: '/var/www/fileadmin',
    origin: 'found',
    served: [
      {
        software: 'nginx',
        site: 'www.example.nl',
        outcomes: [{ file: 'x.php', does, by: 'location /' }],
        honoursHtaccess,
      },
    ],
    probe: null,
    ...values,
  });
  const judged = (...folders: Upload[]): string[] =>
    judge({ uploads: read({ folders, left: 0 }) }, { noExecution: true });
  const probed = (script: number, other: number, fromPhp = false): Upload['probe'] => read({ script, other, fromPhp });

  test.each<[string, Upload, string[]]>([
    ['refused', upload('refuses'), ['upload-safe']],
    ['given out', upload('static'), ['upload-safe']],
    ['refused by .htaccess', upload('refuses', {}, true), ['upload-htaccess']],
    ['executed', upload('executes'), ['upload-executes']],
    ['passed on', upload('passed-on'), ['upload-unclear']],
    ['not told', upload('unclear'), ['upload-unclear']],
    ['passed on, and refused when asked for', upload('passed-on', { probe: probed(403, 404) }), ['upload-refused']],
    ['passed on, and everything is refused', upload('passed-on', { probe: probed(403, 403) }), ['upload-unclear']],
    ['passed on, and nothing is there', upload('passed-on', { probe: probed(404, 404) }), ['upload-unclear']],
    [
      'safe by configuration, but PHP answers',
      upload('static', { probe: probed(404, 404, true) }),
      ['upload-reaches-php'],
    ],
    [
      'executed, whatever the probe says',
      upload('executes', { probe: probed(403, 404) }),
      ['upload-executes', 'upload-refused'],
    ],
    ['served by nobody', upload('static', { served: [] }), ['upload-not-served']],
    [
      'safe, and not to be asked for',
      upload('static', { probe: unreadable('unreachable', 'x') }),
      ['upload-safe', 'host.unreachable'],
    ],
  ])('whose scripts are %s', (_what, one, codes) => {
    expect(judged(one)).toEqual(codes);
  });

  test('that are not known are unknown, unless agent.yaml says that there are none', () => {
    expect(judged()).toEqual(['no-uploads']);
    const declared = { paths: [], userAgents: [], hasUploadFolders: true };
    expect(judge({ declared }, { noExecution: true })).toEqual(['uploads-none']);
    expect(judge({ uploads: read({ folders: [], left: 5 }) }, { noExecution: true })).toEqual(['uploads-left']);
    expect(judge({ uploads: unreadable('denied', 'nginx -T') }, { noExecution: true })).toEqual(['host.denied']);
  });
});

test('something has to be asked for', () => {
  expect(() => HttpRestrictionParameters.parse({})).toThrow(/paths/);
  expect(() => HttpRestrictionParameters.parse({ paths: ['install.php'] })).toThrow();
});
