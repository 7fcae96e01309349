import { describe, expect, test } from 'vitest';
import { logForwarding } from '../../../policies/checks/log-forwarding.ts';
import type { Destination, Forwarder } from '../../../policies/checks/log-forwarding/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';

const at = new Date('2026-11-22T09:00:00Z');
const central: Destination = {
  host: 'central.example',
  port: 6514,
  transport: 'stream',
  scope: 'all',
  addresses: read([{ address: '192.0.2.10', isOwn: false }]),
  servedBy: [],
};
const here: Partial<Destination> = { host: 'localhost', addresses: read([{ address: '127.0.0.1', isOwn: true }]) };

function forwarder(destinations: Partial<Destination>[], values: Partial<Forwarder> = {}): Forwarder {
  return {
    program: 'rsyslogd',
    destinations: read(destinations.map((one) => ({ ...central, ...one }))),
    peers: read([{ address: '192.0.2.10', port: 6514 }]),
    waitingSince: read(null),
    ...values,
  };
}

function judge(forwarders: Forwarder[], parameters: object = {}): string[] {
  const reasons = logForwarding.judge(read({ forwarders: read(forwarders) }), parameters, at);
  return reasons.map(({ code }) => code.replace('log-forwarding.', ''));
}

describe('log-forwarding', () => {
  test('passes where all goes to another host, and the connection is there', () => {
    expect(judge([forwarder([{}])])).toEqual(['connected']);
  });

  test.each<[string, Forwarder, string]>([
    ['to nobody', forwarder([]), 'no-destination'],
    ['to this host', forwarder([here]), 'local'],
    ['to a name that stands for this host as well', forwarder([{ addresses: read([{ address: '192.0.2.10', isOwn: false }, { address: '198.51.100.1', isOwn: true }]) }]), 'local'], // prettier-ignore
    ['without a connection', forwarder([{}], { peers: read([]) }), 'not-connected'],
    ['with a connection to another port', forwarder([{ port: 514 }]), 'not-connected'],
    ['with a connection to another host', forwarder([{ addresses: read([{ address: '192.0.2.11', isOwn: false }]) }]), 'not-connected'], // prettier-ignore
    ['over the web without a connection', forwarder([{ transport: 'http' }], { peers: read([]) }), 'not-connected-now'],
    ['by datagrams', forwarder([{ transport: 'datagram' }]), 'datagrams'],
    ['only a part', forwarder([{ scope: 'part' }]), 'part'],
    ['to a name that DNS does not know', forwarder([{ addresses: unreadable('unreachable', 'central.example') }]), 'host.unreachable'], // prettier-ignore
    ['with a configuration that nobody may read', forwarder([], { destinations: unreadable('denied', '/etc/rsyslog.conf') }), 'host.denied'], // prettier-ignore
    ['with connections that nobody may see', forwarder([{}], { peers: unreadable('command-missing', 'ss') }), 'host.command-missing'], // prettier-ignore
  ])('does not pass a program that sends %s', (_what, one, code) => {
    expect(judge([one])).toEqual([code]);
  });

  test('fails where records wait too long, although the connection is there', () => {
    const waiting = forwarder([{}], { waitingSince: read('2026-11-22T07:00:00.000Z') });
    expect(judge([waiting])).toEqual(['stuck', 'connected']);
    expect(judge([waiting], { maximumDelay: '3h' })).toEqual(['connected']);
    expect(judge([forwarder([{}], { waitingSince: read('2026-11-23T07:00:00.000Z') })])).toContain('waiting-future');
  });

  test('fails for a second place that is not reached, and lets be what a second place gets in part', () => {
    const second = { host: 'second.example', addresses: read([{ address: '192.0.2.11', isOwn: false }]) };
    expect(judge([forwarder([{}, second])])).toEqual(['connected', 'not-connected']);
    expect(judge([forwarder([{}, { ...second, scope: 'part' }, here])])).toEqual(['connected']);
    expect(judge([forwarder([]), forwarder([{}], { program: 'vector' })])).toEqual(['connected']);
  });

  test('passes a relay on this host that is itself connected, and no other', () => {
    const sends = forwarder([{ ...here, servedBy: ['vector'] }], { peers: read([]) });
    expect(judge([sends, forwarder([{}], { program: 'vector' })])).toEqual(['relayed', 'connected']);
    expect(judge([sends, forwarder([{}], { program: 'vector', peers: read([]) })])).toEqual(['local', 'not-connected']);
    expect(judge([forwarder([{ ...here, servedBy: ['stunnel4'] }])])).toEqual(['local']);
    expect(judge([forwarder([{ ...here, servedBy: ['rsyslogd'] }])])).toEqual(['local']);
  });

  test('takes datagrams where the control does', () => {
    expect(judge([forwarder([{ transport: 'datagram' }])], { datagrams: 'accept' })).toEqual(['datagrams-accepted']);
  });

  test('fails where nothing runs', () => {
    expect(judge([])).toEqual(['none']);
  });
});
