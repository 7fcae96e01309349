import type { Collector as FactsCollector } from '../../../agent/collect/collector.ts';
import { passwordAgeCollector } from '../../../agent/collect/password-age.ts';
import { timeSyncCollector } from '../../../agent/collect/time-sync/index.ts';
import { RecordedHost } from '../../../agent/host/recorded.ts';
import { enrol } from '../../../agent/enrol.ts';
import type { Collector } from '../../../collector/collector.ts';
import type { TimeSyncFacts } from '../../../policies/checks/time-sync/facts.ts';
import type { Policy } from '../../../policies/load.ts';
import { read } from '../../../policies/reading.ts';
import { SimulatedAgent } from '../../demo/agent.ts';
import { passwordFiles } from '../../support/road.ts';
import { hostPolicies } from './policies.ts';

const rosterFile = '/etc/waarborg/roster.yaml';

/** A host of the year: its one password, its clock, and the roster that was written on it. */
export class YearHost {
  readonly name: string;
  /** When its password was last changed. */
  passwordChanged = new Date('2025-12-01T00:00:00Z');
  /** Whether its clock follows a server. */
  keepsTime = true;
  /** Whether it reports. */
  isHeard = true;
  roster = '';
  readonly #agent: SimulatedAgent;

  constructor(name: string, policies: readonly Policy[]) {
    this.name = name;
    const host = {
      ...{ name, labels: { role: 'web' } },
      os: { release: '13', codename: 'trixie' },
      policies: hostPolicies,
    } as const;
    const timeSync: FactsCollector = { ...timeSyncCollector, collect: () => Promise.resolve(this.#clock()) };
    this.#agent = new SimulatedAgent(host, policies, {
      collectors: [passwordAgeCollector, timeSync],
      hostAt: () => new RecordedHost({ hostname: name, files: this.#files() }),
      settings: { roster: { file: rosterFile } },
    });
  }

  async enrol(collector: Pick<Collector, 'url' | 'tokens'>, data: string, at: Date): Promise<void> {
    const token = { role: 'enrol', label: '', validity: 600, agent: this.name } as const;
    const { secret } = collector.tokens.create(token, at);
    this.#agent.enrolled(await enrol({ collector: collector.url, token: secret, agent: this.name, data }));
  }

  async report(collector: Pick<Collector, 'url'>, at: Date): Promise<void> {
    if (this.isHeard) await this.#agent.deliver(await this.#agent.check(at), collector.url);
  }

  #files(): Record<string, string> {
    return { ...passwordFiles(this.passwordChanged), [rosterFile]: this.roster };
  }

  #clock(): TimeSyncFacts {
    const clock = {
      leap: this.keepsTime ? ('normal' as const) : ('unsynchronised' as const),
      stratum: this.keepsTime ? 3 : 16,
      reference: this.keepsTime ? ('network' as const) : ('none' as const),
      offset: 0.01,
      distance: 0.1,
      silentSince: null,
      sources: [{ configured: 'nl.pool.ntp.org', address: '192.0.2.123', answers: this.keepsTime }],
    };
    return {
      daemons: read([{ program: 'chronyd', steers: true, clock: read(clock) }]),
      container: null,
      listed: ['nl.pool.ntp.org'],
    };
  }
}
