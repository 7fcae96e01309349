import { Command, Option } from 'commander';
import { Listr } from 'listr2';
import { z } from 'zod';
import { EnrolmentTokenAnswer } from '../collector/administration/exchange.ts';
import { showSshAddress } from '../agent/host/ssh/address.ts';
import { LogKeys } from '../evidence/handover.ts';
import { CollectorClient, RefusedError } from './collector-client.ts';
import { deployHost, UnsettledError, type HostOrder, type Order, type Outcome } from './deploy/host.ts';
import { wantedAuthorities, wantedPackages, wantedSettings, wantedVersion, type WantedFile } from './deploy/wanted.ts';
import { addRemoteOptions, sshTarget, type RemoteOptions } from './remote-options.ts';
import { several, UsageError } from './subcommand.ts';

interface DeployOptions extends RemoteOptions {
  readonly executable?: string;
  readonly package?: string[];
  readonly config?: string;
  readonly collector?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly logKey?: string;
  readonly check?: true;
  readonly rollback?: true;
  readonly remove?: true;
  readonly parallel: string;
}

/** One host of a deployment, and what came of it. */
interface Deployment {
  readonly url: string;
  readonly run: (say: (what: string) => void) => Promise<Outcome>;
}

export function command(): Command {
  return addRemoteOptions(new Command('deploy'))
    .description('Install, upgrade or remove the agent on hosts over SSH. A host where it fails stays as it was.')
    .argument('<host...>', 'ssh://user@host[:port]; the user must be root, or become it with --sudo')
    .option('--executable <file>', 'the executable of a release')
    .addOption(
      new Option('--package <file>', 'the Debian packages instead, waarborg and waarborg-agent; repeated').argParser(
        several,
      ),
    )
    .option('--config <file or folder>', 'agent.yaml for all of them, or a folder with HOST.yaml for each')
    .option('--collector <url>', 'where they shall report')
    .option('--token-file <file>', 'holds a token of role operator, to enrol them with; else WAARBORG_TOKEN does')
    .option(
      '--log-key <key>',
      "the log's key as it was published: hosts enrol at no other (what the collector shows here)",
    )
    .option('--ca <file>', 'PEM file with the authorities that may vouch for the collector, in place of the usual ones')
    .option('--check', 'show what would be done, and do nothing')
    .option('--rollback', 'go back to the version before')
    .option('--remove', 'take the agent away; keys and settings stay')
    .option('--parallel <number>', 'hosts at one time', '8')
    .addHelpText(
      'after',
      `
Exit code: 0 every host is as it shall be, or would be changed with --check, 1 one could not be brought there, 3 usage.

Example:
  waarborg deploy ssh://root@web1.example.nl ssh://root@web2.example.nl --executable waarborg-linux-x64 --config hosts/ \\
    --collector https://waarborg.example.nl --token-file operator.token`,
    )
    .action(deploy);
}

async function deploy(hosts: string[], options: DeployOptions): Promise<void> {
  const parallel = Number(options.parallel);
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > 64) {
    throw new UsageError(`--parallel ${options.parallel}: expected a number from 1 to 64`);
  }
  const orderOf = ordersFor(options);
  const targets = new Map(
    hosts.map((host) => {
      const target = sshTarget(host, options);
      return [showSshAddress(target.address), target];
    }),
  );
  const deployments = [...targets].map(([url, target]): Deployment => {
    const order: Omit<HostOrder, 'say'> = {
      target,
      sudo: options.sudo === true,
      order: orderOf(target.address.host),
      isTrial: options.check === true,
    };
    return { url, run: (say) => deployHost({ ...order, say }) };
  });
  const isWhole = await show(deployments, parallel, options.check === true);
  process.exitCode = isWhole ? 0 : 1;
}

/** @throws UsageError, DocumentError */
function ordersFor(options: DeployOptions): (host: string) => Order {
  const { executable, package: packages, config, collector, tokenFile, ca, logKey, rollback, remove } = options;
  if (rollback === true && remove === true) throw new UsageError('expected --rollback or --remove, not both');
  if (rollback === true || remove === true) {
    return () => ({ action: rollback === true ? 'rollback' : 'remove' });
  }
  const version = versionOf(executable, packages);
  if (collector === undefined) throw new UsageError('expected --collector: where the hosts shall report');
  const client = new CollectorClient({
    collector,
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(ca === undefined ? {} : { ca }),
  });
  const vouching = ca === undefined ? {} : { ca: wantedAuthorities(ca) };
  const makeToken = async (agent: string): Promise<string> => {
    const { secret } = await client.post('/api/v1/enrolment-tokens', { v: 1, agent }, EnrolmentTokenAnswer);
    return secret;
  };
  // Asked from here, once: a host whose way to the collector leads elsewhere is shown another key, and is not enrolled.
  let shown: Promise<string> | undefined;
  const logKeyToPin = (): Promise<string> => (shown ??= pinnedKey(client, logKey));
  const isKnown = async (agent: string): Promise<boolean> => {
    try {
      await client.get(`/api/v1/hosts/${agent}`, z.unknown());
      return true;
    } catch (error) {
      if (error instanceof RefusedError && error.code === 'host.unknown') return false;
      throw error;
    }
  };
  return (host) => {
    const { file, agent } = wantedSettings(config, host);
    const named = agent === undefined ? {} : { agent };
    const settings = packages !== undefined && config === undefined ? {} : { settings: file };
    return {
      action: 'install',
      version,
      ...settings,
      ...named,
      ...vouching,
      collector,
      makeToken,
      isKnown,
      logKeyToPin,
    };
  };
}

/**
 * The log's verification key, by which agents will verify every proof.
 * @param published as the operator has it from elsewhere
 * @throws RefusedError where the collector shows another one
 */
async function pinnedKey(client: CollectorClient, published: string | undefined): Promise<string> {
  const { logKey } = await client.get('/api/v1/log-keys', LogKeys);
  if (published === undefined || published === logKey) return logKey;
  throw new RefusedError('deploy.log-key', `the collector's log key is ${logKey}, expected ${published}`);
}

/** @throws UsageError */
function versionOf(executable: string | undefined, packages: readonly string[] | undefined): WantedFile[] {
  if (executable !== undefined && packages !== undefined)
    throw new UsageError('expected --executable or --package, not both');
  if (packages !== undefined) return wantedPackages(packages);
  if (executable !== undefined) return wantedVersion(executable);
  throw new UsageError('expected --executable, --package, --rollback or --remove');
}

function summaryOf({ changes }: Outcome, isTrial: boolean): string {
  if (changes.length === 0) return 'unchanged';
  return `${isTrial ? 'would change' : 'changed'}: ${changes.join(', ')}`;
}

/** What came of a host in one line, and how it counts. */
async function finish(
  { url, run }: Deployment,
  isTrial: boolean,
  say: (what: string) => void,
): Promise<{ line: string; counts: 'changed' | 'unchanged' | 'failed' }> {
  try {
    const outcome = await run(say);
    const counts = outcome.changes.length === 0 ? 'unchanged' : 'changed';
    return { line: `${url}: ${summaryOf(outcome, isTrial)}`, counts };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const how = error instanceof UnsettledError ? 'how it is now is not known' : 'as it was';
    return { line: `${url}: failed, and ${how}: ${why}`, counts: 'failed' };
  }
}

/**
 * Does them all, and shows a line a host: as it is done, for a pipe or a log, or with what is going on, on a terminal.
 * @returns whether none failed
 */
async function show(deployments: readonly Deployment[], parallel: number, isTrial: boolean): Promise<boolean> {
  const counted = { changed: 0, unchanged: 0, failed: 0 };
  const tasks = deployments.map((deployment) => ({
    title: deployment.url,
    task: async (_: unknown, task: { title: string; output: string }): Promise<void> => {
      const { line, counts } = await finish(deployment, isTrial, (what) => (task.output = what));
      counted[counts]++;
      task.title = line;
      if (!process.stdout.isTTY) process.stdout.write(`${line}\n`);
      // Marks the line on a terminal; the others go on.
      if (counts === 'failed') throw new Error(line);
    },
  }));
  const ways = { concurrent: parallel, exitOnError: false } as const;
  const list = process.stdout.isTTY
    ? new Listr(tasks, { ...ways, rendererOptions: { showErrorMessage: false, collapseErrors: false } })
    : new Listr(tasks, { ...ways, renderer: 'silent' });
  await list.run();
  const { changed, unchanged, failed } = counted;
  process.stdout.write(
    `${changed} ${isTrial ? 'would change' : 'changed'}, ${unchanged} unchanged, ${failed} failed\n`,
  );
  return failed === 0;
}
