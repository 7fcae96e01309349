import { describe, expect, test } from 'vitest';
import { waf, WafParameters } from '../../../policies/checks/waf.ts';
import type { Answer, Probe, Site, WafFacts } from '../../../policies/checks/waf/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const site: Site = {
  names: ['www.example.nl'],
  listens: ['443'],
  givesNothing: false,
  engine: 'On',
  coreRules: '3.3.4',
  rules: 900,
  removed: ['941100', '942000-942010'],
  conditional: 0,
  threshold: 5,
  exceptions: [],
};

function judge(facts: Partial<WafFacts>, parameters: object): string[] {
  const whole: WafFacts = { servers: [], others: [], probes: null, exceptions: [], ...facts };
  return waf.judge(read(whole), parameters, new Date(0)).map(({ code }) => code.replace('waf.', ''));
}

const bySite = (values: Partial<Site>, parameters: object = {}): string[] =>
  judge({ servers: [{ software: 'nginx', sites: read([{ ...site, ...values }]) }] }, { engine: true, ...parameters });

describe('the configuration', () => {
  test('passes with the engine on and a core rule set', () => {
    expect(bySite({})).toEqual(['engine-on']);
    expect(bySite({}, { minimumCoreRules: '3.3' })).toEqual(['engine-on']);
  });

  test.each<[string, Partial<Site>, object, string[]]>([
    ['off', { engine: 'Off' }, {}, ['engine-off']],
    ['that only notes', { engine: 'DetectionOnly' }, {}, ['detection-only']],
    ['without the core rule set', { coreRules: null }, {}, ['no-core-rules']],
    ['with an old one', {}, { minimumCoreRules: '4.0.0' }, ['core-rules-old']],
    ['with one of a version that is none', { coreRules: 'dev' }, { minimumCoreRules: '3' }, ['core-rules-old']],
    ['without a family of rules', { removed: ['941000-941999'] }, {}, ['rules-removed']],
    ['without a tag of attacks', { removed: ['tag attack-sqli'] }, {}, ['rules-removed']],
    ['with a threshold out of reach', { threshold: 1000 }, {}, ['threshold']],
    ['that is off under a condition', { conditional: 1 }, {}, ['conditional']],
    ['with a hole', { exceptions: [{ where: 'location /api', engine: 'Off' }] }, {}, ['engine-on', 'exception']],
  ])('does not pass with an engine %s', (_what, values, parameters, codes) => {
    expect(bySite(values, parameters)).toEqual(codes);
  });

  test('asks no engine of a site that gives nothing out', () => {
    expect(bySite({ engine: 'Off', givesNothing: true })).toEqual(['gives-nothing']);
    expect(bySite({ givesNothing: true })).toEqual(['engine-on']);
  });

  test('is unknown where it cannot be read, and not applicable where nothing serves', () => {
    expect(
      judge({ servers: [{ software: 'Apache', sites: unreadable('denied', 'apache2ctl') }] }, { engine: true }),
    ).toEqual(['host.denied']);
    expect(judge({ others: ['litespeed'] }, { engine: true })).toEqual(['not-readable']);
    expect(judge({ servers: [{ software: 'Apache', sites: read([]) }] }, { engine: true })).toEqual(['no-sites']);
    expect(judge({}, { engine: true })).toEqual(['no-web-server']);
  });
});

describe('the probe', () => {
  const status = (number: number): Answer => ({ state: 'status', status: number });
  const probe = (plain: Answer, attack: Answer, values: Partial<Probe> = {}): Probe => ({
    url: 'https://www.example.nl/',
    address: '127.0.0.1',
    origin: 'own',
    leadsAway: false,
    plain,
    attack,
    ...values,
  });
  const answered = (one: Probe, parameters: object = {}): string[] =>
    judge({ probes: read({ made: [one], left: 0 }) }, { probe: true, ...parameters });
  const silent: Answer = { state: 'none', detail: 'silent' };

  test.each<[Answer, Answer, string]>([
    [status(200), status(403), 'refused'],
    [status(200), status(406), 'refused'],
    [status(200), { state: 'closed' }, 'refused'],
    [status(302), status(403), 'refused'],
    [status(404), status(403), 'refused'],
    [status(200), status(200), 'answered'],
    [status(200), status(302), 'answered'],
    [status(200), status(404), 'answered'],
    [status(404), status(404), 'answered'],
    [status(200), status(500), 'probe-unclear'],
    [status(200), silent, 'probe-unclear'],
    [status(403), status(403), 'probe-unclear'],
    [status(401), status(401), 'probe-unclear'],
    [status(503), status(403), 'probe-unclear'],
    [silent, status(403), 'probe-unclear'],
    [{ state: 'closed' }, { state: 'closed' }, 'probe-unclear'],
  ])('%j and with an attack %j is %s', (plain, attack, code) => {
    expect(answered(probe(plain, attack))).toEqual([code]);
  });

  test('goes by the parameters’ own refusals', () => {
    expect(answered(probe(status(200), status(403)), { refusals: [418] })).toEqual(['answered']);
    expect(answered(probe(status(200), status(418)), { refusals: [418] })).toEqual(['refused']);
  });

  test('asks nothing of a mere redirect to elsewhere', () => {
    expect(answered(probe(status(301), status(301), { leadsAway: true }))).toEqual(['leads-away']);
  });

  test('is unknown where it is not allowed, where sites are left, and where sockets cannot be read', () => {
    expect(judge({}, { probe: true })).toEqual(['probe-not-allowed']);
    expect(judge({ probes: read({ made: [], left: 3 }) }, { probe: true })).toEqual(['probes-left']);
    expect(judge({ probes: read({ made: [], left: 0 }) }, { probe: true })).toEqual(['nothing-to-probe']);
    expect(judge({ probes: unreadable('denied', '/proc/net/tcp') }, { probe: true })).toEqual(['host.denied']);
  });
});

test('something has to be asked for', () => {
  expect(() => WafParameters.parse({})).toThrow(/engine/);
});
