import { Gauge, Registry } from 'prom-client';
import { Exposition } from '../../collector/metrics/exposition.ts';
import { Fleet } from '../../collector/state/fleet.ts';
import type { HostState } from '../../collector/state/host-state.ts';
import { PolicyShelf } from '../../collector/state/shelf.ts';
import { quickPolicy } from '../support/road.ts';
import { secondsOf, tell } from './figures.ts';

const hosts = 2000;
const controlsEach = 40;
const scrapes = 5;

/** A scrape of a fleet, beside prom-client with as many series of the same labels. */
export async function bench(): Promise<void> {
  const at = new Date();
  const states = Array.from({ length: hosts }, (_, index) => stateOf(`host${index}.example.nl`, at));
  const shelf = new PolicyShelf([quickPolicy.text]);
  const log = { head: { size: hosts, checkpoint: '', receivedAt: at.toISOString() } };
  const exposition = new Exposition(new Fleet(states, 3600, []), shelf, log);
  const rendering = await secondsOf(() => {
    for (const state of states) exposition.update(state, at);
  });
  let bytes = 0;
  exposition.render(at);
  const ours = await secondsOf(() => {
    for (let count = 0; count < scrapes; count++) bytes = exposition.render(at).length;
  });
  const registry = new Registry();
  const labelNames = ['host', 'policy', 'control', 'severity', 'verdict'] as const;
  const gauge = new Gauge({ name: 'waarborg_control_compliant', help: 'help', labelNames, registers: [registry] });
  for (const { agent, content } of states) {
    for (const { policy, control, verdict } of content.controls) {
      gauge.set({ host: agent, policy, control, severity: 'warning', verdict }, 1);
    }
  }
  const theirs = await secondsOf(async () => {
    for (let count = 0; count < scrapes; count++) await registry.metrics();
  });
  tell(
    `a scrape of ${hosts} hosts with ${controlsEach} controls`,
    `${((ours / scrapes) * 1000).toFixed(0)} ms, ${(bytes / 2 ** 20).toFixed(1)} MiB`,
  );
  tell(
    'prom-client, the series of controls only',
    `${((theirs / scrapes) * 1000).toFixed(0)} ms (${(theirs / ours).toFixed(1)} times as long)`,
  );
  tell('rendering one host anew', `${((rendering / hosts) * 1e6).toFixed(0)} µs`);
}

function stateOf(agent: string, at: Date): HostState {
  const moment = at.toISOString();
  const controls = Array.from({ length: controlsEach }, (_, index) => ({
    policy: 'quick',
    control: `Q-${index}`,
    verdict: 'pass' as const,
    reasons: [],
    since: moment,
    failingSince: null,
  }));
  return {
    agent,
    index: 1,
    seq: 1,
    issuedAt: moment,
    receivedAt: moment,
    content: {
      v: 1,
      epoch: 1,
      policies: [{ policy: quickPolicy.policy, version: 1, digest: quickPolicy.digest }],
      parts: {},
      host: { v: 1, hostname: agent, os: 'Debian', agentVersion: '0.1.0', labels: {} },
      controls,
      measures: {},
    },
  };
}
