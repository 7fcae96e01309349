import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentSettings, loadAgentSettings } from '../../agent/settings.ts';
import { CollectorConfig, loadCollectorConfig } from '../../collector/config.ts';
import { loadPolicies } from '../../policies/load.ts';
import { loadWitnessConfig, WitnessConfig } from '../../witness/config.ts';
import { readSource, root } from '../support/sources.ts';

/** The keys that an example shows, commented ones included. */
function keysOf(path: string): string[] {
  return [...readSource(path).matchAll(/^(?:# )?([a-zA-Z]+):/gm)].map(([, key = '']) => key);
}

describe('the example settings', () => {
  it('of the agent load, with policies that there are', () => {
    const settings = loadAgentSettings(join(root, 'deploy/agent.example.yaml'));
    expect(loadPolicies(settings.policies).length).toBeGreaterThan(0);
    const shown = keysOf('deploy/agent.example.yaml');
    expect(Object.keys(AgentSettings.shape).filter((key) => !shown.includes(key))).toEqual([]);
  });

  it('of the collector load', () => {
    expect(loadCollectorConfig(join(root, 'deploy/collector.example.yaml')).origin).toBe('waarborg.example.nl/log');
    const shown = keysOf('deploy/collector.example.yaml');
    expect(Object.keys(CollectorConfig.shape).filter((key) => !shown.includes(key))).toEqual([]);
  });
});

it('the example settings of the witness load', () => {
  expect(loadWitnessConfig(join(root, 'deploy/witness.example.yaml')).logs).toHaveLength(1);
  const shown = keysOf('deploy/witness.example.yaml');
  expect(Object.keys(WitnessConfig.shape).filter((key) => !shown.includes(key))).toEqual([]);
});
