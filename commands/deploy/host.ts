import { connectSsh, SshError, type SshTarget } from '../../agent/host/ssh/connection.ts';
import { quote } from '../../agent/host/ssh/quote.ts';
import { differing, inspect, type Inspected } from './inspect.ts';
import { DeployError, rootShell, type RootShell } from './shell.ts';
import { packagesPath, type WantedFile } from './wanted.ts';

/** What is to be done with a host. */
export type Order =
  | {
      readonly action: 'install';
      readonly version: readonly WantedFile[];
      /** Left out where a host keeps what its packages bring. */
      readonly settings?: WantedFile;
      /** The name in its settings, where they have one. */
      readonly agent?: string;
      readonly collector: string;
      /** The authorities that may vouch for the collector, where they are not the usual ones. */
      readonly ca?: WantedFile;
      /** The key that agents pin: at a log of another one they do not enrol. */
      readonly logKeyToPin: () => Promise<string>;
      /** Makes a token that this agent alone may use. */
      readonly makeToken: (agent: string) => Promise<string>;
      /** Whether a host of that name reports already. */
      readonly isKnown: (agent: string) => Promise<boolean>;
    }
  | { readonly action: 'rollback' | 'remove' };

/** What came of it: what was changed, or would be. */
export interface Outcome {
  readonly changes: readonly string[];
}

export interface HostOrder {
  readonly target: SshTarget;
  readonly sudo: boolean;
  readonly order: Order;
  /** Only look what would be done. */
  readonly isTrial: boolean;
  /** Told what is going on. */
  readonly say: (what: string) => void;
}

/** Nothing more was heard of a change that was begun: the host may be as it was, or as it shall be. */
export class UnsettledError extends Error {
  readonly code = 'deploy.unsettled';
  constructor(message: string) {
    super(message);
    this.name = 'UnsettledError';
  }
}

const wantsLink = '/etc/systemd/system/timers.target.wants/waarborg-agent.timer';

/**
 * Does what is ordered on one host, as a whole or not at all.
 * @throws DeployError, SshError, RefusedError, UnsettledError
 */
export async function deployHost({ target, sudo, order, isTrial, say }: HostOrder): Promise<Outcome> {
  say('connecting');
  const connection = await connectSsh(target);
  try {
    const shell = rootShell(connection, sudo);
    say('looking');
    const deployment =
      order.action === 'install' ? install(shell, order, isTrial, say) : change(shell, order.action, isTrial, say);
    return await deployment;
  } catch (error) {
    const lost = connection.lost();
    throw error instanceof DeployError && lost !== undefined ? new SshError(lost.message) : error;
  } finally {
    await connection.close();
  }
}

async function install(
  shell: RootShell,
  order: Extract<Order, { action: 'install' }>,
  isTrial: boolean,
  say: (what: string) => void,
): Promise<Outcome> {
  const { settings, ca } = order;
  const wanted = [...order.version, ...[settings, ca].filter((file) => file !== undefined)];
  const inspected = await inspect(shell, [...wanted.map(({ path }) => path), wantsLink]);
  const files = differing(wanted, inspected.found);
  const agent = order.agent ?? inspected.name;
  const changes = [...files.map(({ path }) => path), ...standing(inspected, agent)];
  if (order.agent === undefined && !inspected.isEnrolled && (await order.isKnown(agent))) {
    // A host may call itself what it likes; only the operator says which one it is.
    throw new DeployError(
      `it calls itself ${agent}, and a host of that name reports already: if it is that one, put "agent: ${agent}" into its settings`,
    );
  }
  if (isTrial || changes.length === 0) return { changes };
  await inStage(shell, async (stage) => {
    for (const file of files) {
      say(`sending ${file.path}`);
      await shell.line(`umask 077; cat > ${quote(`${stage}/files/${file.name}`)}`, file.content);
    }
    const manifest = files.map(({ name, path, mode, owner }) => `${name} ${path} ${mode} ${owner}\n`).join('');
    await shell.line(`cat > ${quote(`${stage}/manifest`)}`, Buffer.from(manifest));
    const logKey = inspected.isEnrolled ? '' : await order.logKeyToPin();
    const token = inspected.isEnrolled ? '' : await order.makeToken(agent);
    say('installing');
    await apply(shell, [stage, 'install', order.collector, logKey, ca?.path ?? ''], `${token}\n`);
  });
  return { changes };
}

/** What is to be done beside files. */
function standing({ isEnrolled, timer, found }: Inspected, agent: string): string[] {
  return [
    ...(isEnrolled ? [] : [`enrolment as ${agent}`]),
    ...(timer === 'inactive' || found.get(wantsLink)?.is === 'absent' ? ['timer'] : []),
  ];
}

async function change(
  shell: RootShell,
  action: 'rollback' | 'remove',
  isTrial: boolean,
  say: (what: string) => void,
): Promise<Outcome> {
  const programs = ['/usr/local/bin/waarborg', `${packagesPath}/waarborg.deb`];
  const { hasPrevious, found } = await inspect(shell, [...programs, wantsLink]);
  if (action === 'rollback' && !hasPrevious) throw new DeployError('there is no version before this one');
  const isThere = [...programs, wantsLink].some((path) => found.get(path)?.is !== 'absent');
  const changes =
    action === 'rollback' ? ['the version before'] : isThere ? ['program, units and timer taken away'] : [];
  if (isTrial || changes.length === 0) return { changes };
  say(action === 'rollback' ? 'rolling back' : 'removing');
  await inStage(shell, (stage) => apply(shell, [stage, action], '\n'));
  return { changes };
}

/** @throws DeployError where it went wrong and was taken back, UnsettledError where nobody knows */
async function apply(shell: RootShell, words: readonly string[], input: string): Promise<void> {
  try {
    await shell.script('apply.sh', words, input);
  } catch (error) {
    throw error instanceof DeployError && !error.hasEnded ? new UnsettledError(error.message) : error;
  }
}

/** A folder for what is sent, which is gone afterwards; the script itself takes it away too. */
async function inStage(shell: RootShell, use: (stage: string) => Promise<unknown>): Promise<void> {
  const made = await shell.line('d=$(mktemp -d /var/tmp/waarborg-deploy.XXXXXX) && mkdir "$d/files" && echo "$d"');
  const stage = made.trim();
  if (!/^\/var\/tmp\/waarborg-deploy\.[A-Za-z0-9]{6}$/.test(stage))
    throw new DeployError('no temporary folder could be made');
  try {
    await use(stage);
  } catch (error) {
    // A script that may still run needs what lies there to go back, and takes it away itself.
    if (error instanceof UnsettledError) throw error;
    await shell.line(`rm -rf ${quote(stage)}`).catch(() => undefined);
    throw error;
  }
}
