import { z } from 'zod';
import { openRoot, type DebianRoot } from '../../support/debian-root.ts';
import { program } from '../../support/process.ts';
import { root } from '../../support/sources.ts';

const Outcome = z.object({
  observations: z.array(
    z.object({
      control: z.string(),
      verdict: z.string(),
      reasons: z.array(z.object({ code: z.string(), verdict: z.string() })),
    }),
  ),
});

/** What a check in a root came to: by control, the verdict and the codes of the reasons of that verdict, each once. */
export type Found = Readonly<Record<string, string>>;

/** Where a root finds its configuration. */
const folder = '/root/waarborg';

const header = `policy: distribution
version: 1
title: { nl: Distributies, en: Distributions }
source: { document: Test, publisher: Test, dated: 2026-01-01 }
controls:
`;

/** By the name of a control, the kind and what it asks. */
const controls: Readonly<Record<string, readonly [kind: string, parameters: string]>> = {
  people: ['accounts', '{ require: [known] }'],
  administrators: ['accounts', '{ require: [root] }'],
  age: ['password-age', '{ maximumAge: 183d }'],
  strength: ['password-policy', '{ scope: [system], minimumLength: 15, kinds: [upper, digit] }'],
  ssh: ['ssh-access', '{ root: never, passwords: never-alone }'],
  lists: ['updates', '{ look: 7d }'],
  logs: ['log-retention', '{ minimum: 30d, logs: [auth] }'],
  clock: ['time-sync', '{ sources: any }'],
  homes: ['isolation', '{ require: [homes] }'],
};

const settings = `agent: root.example.nl
policies: [./policy.yaml]
roster:
  departures: []
  reviewed: 2026-11-01
  people: [{ person: P-017, accounts: [jan], root: true }]
  services: []
`;

function policy(): string {
  const texts = Object.entries(controls).map(([id, [kind, parameters]]) => {
    const both = (text: string): string => `{ nl: ${text}, en: ${text} }`;
    return `  - id: ${id}
    clause: '1'
    title: ${both(id)}
    promise: ${both(id)}
    remedy: ${both(id)}
    severity: warning
    maps: { iso27001-2022: [A.5.1] }
    check: ${kind}
    with: ${parameters}
`;
  });
  return header + texts.join('');
}

/** A root with this checkout in it, and an agent that is told what it should be. */
export async function openMachine(name: string): Promise<DebianRoot> {
  const machine = await openRoot(name, [root]);
  machine.must(`mkdir -p ${folder} && cat > ${folder}/policy.yaml <<'END'\n${policy()}END`);
  machine.must(`cat > ${folder}/agent.yaml <<'END'\n${settings}END`);
  return machine;
}

/** Runs the command line in the root, as its root. */
export function check(machine: DebianRoot): Found {
  const told = machine.run(`${process.execPath} ${program} check --format json --config ${folder}/agent.yaml`);
  // 1 and 2 are for what it finds.
  if (told.status === null || told.status > 2) throw new Error(`${told.stdout}${told.stderr}`);
  const { observations } = Outcome.parse(JSON.parse(told.stdout));
  return Object.fromEntries(
    observations.map(({ control, verdict, reasons }) => {
      const codes = reasons.flatMap((reason) => (reason.verdict === verdict ? [reason.code] : []));
      return [control, `${verdict} ${[...new Set(codes)].sort().join(' ')}`];
    }),
  );
}
