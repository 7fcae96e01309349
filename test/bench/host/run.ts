/** In a process of its own, so that its processor time and its memory are all that it took: every kind that reads the host itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { collectors } from '../../../agent/collect/index.ts';
import { openLedger } from '../../../agent/ledger.ts';
import { runChecks, type RunInput } from '../../../agent/run.ts';
import { loadPolicy } from '../../../policies/load.ts';
import { madeUpHost } from './made-up.ts';

/** Those that ask the network or read backups have figures of their own. */
const elsewhere = ['backup', 'certificate', 'https', 'tls', 'attestation', 'cases'];

const [folder = '', only] = process.argv.slice(2);
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
  pseudonym: (account) => `account-${account.length}${account}`,
  mark: (secret) => secret.slice(0, 22),
  policies: ['cloud-provider', 'antum', 'alona', 'voxio', 'psohub'].map((name) => {
    const policy = loadPolicy(join(documents, `${name}.yaml`));
    const controls = policy.controls.filter(({ check }) =>
      only === undefined ? !elsewhere.includes(check) : check === only,
    );
    return { ...policy, controls };
  }),
  labels: { data: 'confidential', role: 'web' },
  settings: { cms: { folders: [] } },
  collectors,
};

const before = process.cpuUsage();
const begun = performance.now();
const run = await runChecks(input);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
ledger.save(ledgerFile);
const whole = process.cpuUsage();
process.stdout.write(
  JSON.stringify({
    seconds,
    own: (user + system) / 1e6,
    whole: (whole.user + whole.system) / 1e6,
    peak: process.resourceUsage().maxRSS * 1024,
    kinds: [...run.facts].map(([kind, facts]) => `${kind} ${facts.length}`),
    sites: (run.facts.get('cms') ?? '').split('"found":').length - 1,
  }),
);
