import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { restoreTestsOf } from '../../../agent/restore/record.ts';
import type { RestoreTest } from '../../../policies/checks/backup/facts.ts';
import { loadAgentSettings } from '../../../agent/settings.ts';
import { Settings } from '../../../agent/collect/backup/settings.ts';
import { runWaarborg, type Ended } from '../../support/process.ts';

/** What a source file of that name holds: text that no packer makes much smaller. */
export function contentOf(name: string): string {
  const noise = Array.from({ length: 20 }, (_, n) => createHash('sha256').update(`${name} ${n}`).digest('base64'));
  return `content of ${name}: ${noise.join('')}`;
}

/** A configuration with one set `www`, in a folder of its own, and the command on it. */
export class Trial {
  readonly config: string;
  readonly data: string;
  readonly #folder: string;

  constructor(folder: string, declared: Readonly<Record<string, unknown>>) {
    this.#folder = folder;
    this.data = join(folder, 'data');
    this.config = join(folder, 'agent.yaml');
    const backups = [{ set: 'www', ...declared }];
    writeFileSync(this.config, JSON.stringify({ policies: ['cloud-provider'], data: this.data, backups }));
  }

  run(...args: readonly string[]): Promise<Ended> {
    const env = { TMPDIR: this.#folder };
    return runWaarborg(['restore-test', 'www', '--config', this.config, ...args], { env });
  }

  /** What the agent's next report will say. */
  record(): RestoreTest[] {
    const [declared] = Settings.parse({ backups: loadAgentSettings(this.config).host.backups }).backups;
    const found = restoreTestsOf(this.data, 'www', declared?.source);
    if (found.state === 'unreadable') throw new Error(found.obstacle.detail);
    return found.value;
  }

  /** What restoring left behind. */
  leftBehind(): string[] {
    return readdirSync(this.#folder).filter((name) => name.startsWith('waarborg-restore-'));
  }
}
