import { Command } from 'commander';
import { agentVersion } from './agent/version.ts';
import { exitWith, type Subcommand } from './commands/subcommand.ts';

/** One line a subcommand; its module is loaded when it is used. */
export const subcommands: Readonly<Record<string, readonly [summary: string, load: () => Promise<Subcommand>]>> = {
  up: ['collector and agent for this host, on loopback: the quickest look', () => import('./commands/up.ts')],
  check: ['check this host against policies, once, and print the outcome', () => import('./commands/check.ts')],
  tls: ['what a TLS endpoint accepts and which certificates it serves', () => import('./commands/tls.ts')],
  agent: ['check this host on a schedule and report to a collector', () => import('./commands/agent.ts')],
  enrol: ['make this host known to a collector, with a one-time token', () => import('./commands/enrol.ts')],
  remote: ['what a host needs that is read over SSH', () => import('./commands/remote.ts')],
  deploy: ['install the agent on hosts over SSH', () => import('./commands/deploy.ts')],
  collector: ['receive reports, keep them in the evidence log, show them', () => import('./commands/collector.ts')],
  witness: ['sign the heads of logs that only grow', () => import('./commands/witness.ts')],
  doctor: ['see whether agent, collector or witness have what they need', () => import('./commands/doctor.ts')],
  token: ['make, list and revoke tokens for reading and enrolling', () => import('./commands/token.ts')],
  authority: ['who signs the client certificates of agents', () => import('./commands/authority.ts')],
  account: ['which account a pseudonym of this host stands for', () => import('./commands/account.ts')],
  host: ['end the enrolment of a host', () => import('./commands/host.ts')],
  people: ['what people show: attestations, approvals, cases', () => import('./commands/people.ts')],
  access: ['who did and saw what', () => import('./commands/access.ts')],
  notices: ['who is told of what changes, and what became of it', () => import('./commands/notices.ts')],
  scrub: ['read all that is stored, and hold it against what was signed', () => import('./commands/scrub.ts')],
  'restore-test': [
    'restore a sample of a backup set, and record what came of it',
    () => import('./commands/restore-test.ts'),
  ],
  rotate: ['change a key for a new one', () => import('./commands/rotate.ts')],
  erase: ['erase what reports say, for good', () => import('./commands/erase.ts')],
  export: ['write a bundle of evidence that verifies alone', () => import('./commands/export.ts')],
  report: ['write a report for auditors: PDF, HTML, XLSX, OSCAL and more', () => import('./commands/report.ts')],
  availability: [
    'the statement of a month: up, down, not seen, and the credit',
    () => import('./commands/availability.ts'),
  ],
  verify: ['verify a bundle of evidence, offline', () => import('./commands/verify.ts')],
  policy: ['list, show and check policy documents', () => import('./commands/policy.ts')],
};

/** @param words what stands on the command line behind `waarborg` */
export async function main(words: readonly string[]): Promise<void> {
  const [name = '', ...rest] = words;
  const subcommand = subcommands[name];
  if (subcommand !== undefined) {
    const { command } = await subcommand[1]();
    await exitWith(command().name(`waarborg ${name}`), rest);
    return;
  }
  const program = new Command('waarborg')
    .description('Shows, continuously and with proof, that servers do what a written security policy promises.')
    .version(agentVersion)
    .addHelpText('after', '\nwaarborg SUBCOMMAND --help tells more of each, with an example.');
  for (const [word, [summary]] of Object.entries(subcommands)) program.command(word).description(summary);
  await exitWith(program, words);
}
