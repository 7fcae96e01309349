/**
 * In a process of its own, so that its processor time and its memory are all that it took: reads the made-up host.
 * Arguments: its folder, and the kinds, with commas.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collectors } from '../../../agent/collect/index.ts';
import { marks, pseudonyms } from '../../../agent/identity.ts';
import { openLedger } from '../../../agent/ledger.ts';
import { spareMemory } from '../../../agent/memory.ts';
import { runChecks, type RunInput } from '../../../agent/run.ts';
import { loadPolicy } from '../../../policies/load.ts';
import { madeUpHost } from './made-up.ts';

spareMemory();
const [folder = '', kinds = ''] = process.argv.slice(2);
const documents = join(
  import.meta.dirname,
  existsSync(join(import.meta.dirname, 'policies')) ? 'policies' : '../../../policies',
);
const at = new Date();
const ledgerFile = join(folder, 'ledger.json');
const ledger = openLedger(ledgerFile, at);
const input: RunInput = {
  host: madeUpHost(folder),
  at,
  ledger,
  pseudonym: pseudonyms(folder),
  mark: marks(folder),
  policies: ['cloud-provider', 'antum', 'alona', 'voxio', 'psohub'].map((name) => {
    const policy = loadPolicy(join(documents, `${name}.yaml`));
    return { ...policy, controls: policy.controls.filter(({ check }) => kinds.split(',').includes(check)) };
  }),
  labels: { data: 'confidential', role: 'web' },
  settings: { cms: { folders: [] } },
  collectors,
};

const before = process.cpuUsage();
const run = await runChecks(input);
const { user, system } = process.cpuUsage(before);
ledger.save(ledgerFile);
const whole = process.cpuUsage();
process.stdout.write(
  JSON.stringify({
    own: (user + system) / 1e6,
    whole: (whole.user + whole.system) / 1e6,
    kinds: [...run.facts.keys()],
    sites: (run.facts.get('cms') ?? '').split('"found":').length - 1,
  }),
);
