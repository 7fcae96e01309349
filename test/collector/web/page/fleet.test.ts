import { expect, test } from 'vitest';
import type { HostState } from '../../../../collector/state/host-state.ts';
import { fleetPage } from '../../../../collector/web/page/fleet.ts';
import { fleetDetail } from '../../../../collector/web/views.ts';
import {
  allPass,
  at,
  context,
  fleetOf,
  hostile,
  hostState,
  mixedHosts,
  nobody,
  policy,
  reason,
  shelf,
  state,
} from '../fleets.ts';

function page(hosts: readonly HostState[], expected: readonly string[] = [], language: 'en' | 'nl' = 'en'): string {
  const fleet = fleetDetail(fleetOf(hosts, expected), shelf(), at);
  return fleetPage(fleet, nobody, context(language)).replace(/\s+/g, ' ');
}

/** The markup of a host's row in the matrix. */
function rowOf(host: string, markup: string): string {
  const matrix = markup.slice(markup.indexOf('<table'));
  return matrix.split('<tr').find((row) => row.includes(`>${host}</a>`)) ?? '';
}

function attentionOf(markup: string): string {
  return markup.slice(markup.indexOf('id="attention"'), markup.indexOf('id="matrix"'));
}

test('the headline counts failing controls and the hosts they fail on', () => {
  expect(page(mixedHosts())).toMatch(/<h1> ?<span class="symbol fail".*?<\/span> 1 control fails on 1 host ?<\/h1>/);
});

test.each([
  [
    'stale',
    [hostState('silent', allPass, { issuedAt: '2026-11-22T08:00:00Z', receivedAt: '2026-11-22T08:00:01Z' })],
    [],
  ],
  ['ahead of the clock', [hostState('ahead', allPass, { issuedAt: '2026-11-22T12:30:00Z' })], []],
  ['never seen', [hostState('good', allPass)], ['never']],
  ['unknown in part', [hostState('half', [state('EX-tls', 'pass'), state('EX-info', 'unknown')])], []],
] as const)('a fleet without failures but %s is not said to pass', (_name, hosts, expected) => {
  const markup = page(hosts, expected);
  expect(markup).toMatch(/<h1> ?<span class="symbol unknown"/);
  expect(markup).not.toContain('Every control passes');
  expect(markup).not.toContain('Nothing does:');
});

test('only a fleet of which everything is known and passes is said to pass', () => {
  const markup = page([hostState('good', allPass)]);
  expect(markup).toContain('Every control passes');
  expect(markup).toContain('Nothing does: every host reports');
  expect(markup).toContain('3 of 3 applicable pass');
});

test('a fleet to which nothing applies is not said to pass', () => {
  const markup = page([hostState('idle', [state('EX-tls', 'not-applicable')])]);
  expect(markup).toContain('No control applies');
  expect(markup).not.toContain('Every control passes');
});

test('stale, unknown and clock-ahead count as applicable and not as passing', () => {
  expect(page(mixedHosts(), ['never'])).toContain('3 of 11 applicable pass');
});

test('hosts that do not report are no row of green', () => {
  const markup = page(mixedHosts(), ['never']);
  for (const host of ['silent', 'ahead', 'never']) {
    expect(rowOf(host, markup), host).not.toBe('');
    expect(rowOf(host, markup), host).not.toContain('class="pass"');
    expect(rowOf(host, markup), host).not.toContain('✓');
  }
  expect(rowOf('silent', markup)).toContain('out of date');
  expect(rowOf('ahead', markup)).toContain('clock ahead');
  expect(rowOf('never', markup)).toContain('never reported');
  expect(rowOf('good', markup).match(/✓/g)).toHaveLength(3);
});

test('a cell tells its verdict in words and leads to the control on the page of the host', () => {
  expect(rowOf('broken', page(mixedHosts()))).toContain(
    '<td class="fail"> <a href="/hosts/broken#example.EX-tls" title="broken, EX-tls: fails"',
  );
});

test('a control that is not asked of a host leaves its cell empty', () => {
  const markup = page([hostState('a', allPass), hostState('b', [state('EX-tls', 'pass')])]);
  expect(rowOf('b', markup).match(/<td><\/td>/g)).toHaveLength(2);
});

test('what needs attention comes by severity, not by how many hosts it fails on', () => {
  const hosts = ['a', 'b', 'c'].map((name) => hostState(name, [state('EX-info', 'fail'), state('EX-updates', 'fail')]));
  const markup = attentionOf(page([...hosts, hostState('d', [state('EX-tls', 'unknown')])]));
  const places = ['title of EX-tls', 'title of EX-updates', 'title of EX-info'].map((title) => markup.indexOf(title));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('of a failing control the hosts are listed with their worst reason, and the rest counted', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
    hostState(name, [state('EX-tls', 'fail', { reasons: [reason('pass', 'fine'), reason('fail', `${name}:443`)] })]),
  );
  const markup = attentionOf(page(hosts));
  expect(markup).toContain('<b>a:443</b>: example.fail');
  expect(markup).not.toContain('<b>fine</b>');
  expect(markup).toContain('1 more finding');
  expect(markup).toContain('and 2 more hosts');
});

test('a stale host is told once, not under each of its controls', () => {
  const silent = hostState('silent', [state('EX-tls', 'fail')], { issuedAt: '2026-11-22T08:00:00Z' });
  const markup = attentionOf(page([silent]));
  expect(markup.match(/>silent<\/a>/g)).toHaveLength(1);
  expect(markup).toContain('<time datetime="2026-11-22T08:00:00Z">22 Nov 2026, 08:00 UTC</time> (4 hours ago)');
});

test('a host whose clock is ahead is told once, not under each control that is unknown because of it', () => {
  const markup = attentionOf(page([hostState('ahead', allPass, { issuedAt: '2026-11-22T12:30:00Z' })]));
  expect(markup.match(/>ahead<\/a>/g)).toHaveLength(1);
  expect(markup).not.toContain('title of EX-tls');
});

test('a failure on a host whose clock is ahead is still told', () => {
  const ahead = hostState('ahead', [state('EX-tls', 'fail')], { issuedAt: '2026-11-22T12:30:00Z' });
  expect(attentionOf(page([ahead]))).toContain('title of EX-tls');
});

test('names and values from a host cannot become markup', () => {
  const controls = [
    state('EX-tls', 'fail', { control: hostile, reasons: [reason('fail', hostile, hostile)] }),
    state('EX-info', 'fail', { policy: hostile }),
  ];
  const markup = page([hostState(hostile, controls)], [`${hostile}2`]);
  expect(markup).not.toContain('<script');
  expect(markup).toContain('&lt;script&gt;');
});

test('a name that no URL can hold does not take the page down', () => {
  const controls = [state('EX-tls', 'fail', { control: 'half a pair \ud800' })];
  expect(page([hostState('web1', controls)])).toContain('half%20a%20pair%20%EF%BF%BD');
});

test('without any host the page says how to enrol one', () => {
  const markup = page([]);
  expect(markup).toContain('No host has reported yet');
  expect(markup).toContain('waarborg token create --role enrol');
  expect(markup).toContain('waarborg enrol --collector https://w.example');
});

test('the page is Dutch where that is asked', () => {
  const markup = page(mixedHosts(), ['never'], 'nl');
  expect(markup).toContain('<html lang="nl">');
  expect(markup).toContain('1 maatregel voldoet niet op 1 host');
  expect(markup).toContain('titel van EX-tls');
  expect(markup).toContain(policy.title.nl);
  expect(markup).toContain('verouderd');
  expect(markup).toContain('<a href="?lang=en"');
});

test('past 400 hosts the rest is counted, and those with most to mend are shown', () => {
  const good = Array.from({ length: 400 }, (_, index) => hostState(`a${index}`, [state('EX-tls', 'pass')]));
  const markup = page([...good, hostState('z', [state('EX-tls', 'fail')])]);
  expect(rowOf('z', markup)).toContain('✗');
  expect(markup).toContain('1 more hosts, with less to mend');
});
