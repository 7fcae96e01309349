import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';

/** What `sshd -T` says that holds: by keyword in lower case, each value of its own. */
export type Effective = ReadonlyMap<string, readonly string[]>;

/** How a server was started, as far as its settings go. */
export interface Start {
  /** Absolute path of the program. */
  readonly program: string;
  /** `-f FILE`, `-o Key=Value`, `-p PORT`. */
  readonly options: readonly string[];
}

/** Who connects from where, as `sshd -C` takes it. */
export interface Connection {
  readonly user: string;
  readonly host: string;
  readonly addr: string;
  readonly laddr?: string;
  readonly lport?: string;
  readonly rdomain?: string;
}

/** Keywords whose values `sshd -T` prints on one line, parted by blanks; the others have one value a line. */
const lists: readonly string[] = ['authenticationmethods', 'authorizedkeysfile', 'pubkeyauthoptions'];

/**
 * The settings that sshd itself says hold, for one connection or before any is known (sshd(8), -T and -C). Where it will
 * not start for want of a folder or a key, -G asks for the same without them (OpenSSH 9.3).
 */
export async function effectiveSettings(
  { host, signal }: CollectContext,
  { program, options }: Start,
  connection?: Connection,
): Promise<Reading<Effective>> {
  const spec = Object.entries(connection ?? {}).map(([name, value]) => `${name}=${value as string}`);
  const asked = spec.length === 0 ? options : [...options, '-C', spec.join(',')];
  const tested = await host.run({ file: program, args: ['-T', ...asked], timeout: 10 }, signal);
  if (tested.state === 'unreadable') return nameless(tested, program);
  if (tested.value.exitCode === 0) return parseEffective(tested.value.stdout, program);
  const parsed = await host.run({ file: program, args: ['-G', ...asked], timeout: 10 }, signal);
  if (parsed.state === 'read' && parsed.value.exitCode === 0) return parseEffective(parsed.value.stdout, program);
  const what = `${program} -T`;
  const why = whyNot(tested.value.stderr);
  if (why === 'Permission denied') return unreadable('refused', what, why);
  const key = why === noKeys ? await hiddenKey(host) : undefined;
  if (key !== undefined) return unreadable('refused', what, `${key} may not be read; CAP_DAC_READ_SEARCH is enough`);
  return unreadable('command-failed', what, `exit code ${tested.value.exitCode}${why === '' ? '' : `, ${why}`}`);
}

const noKeys = 'no hostkeys available';
const usualFolder = '/etc/ssh';

/** The first host key in the usual folder that may not be read: sshd then says that there is none. Nothing of a key is read. */
async function hiddenKey(host: Host): Promise<string | undefined> {
  const names = await host.list(usualFolder);
  if (names.state === 'unreadable') return names.obstacle.code === 'denied' ? usualFolder : undefined;
  for (const name of names.value) {
    if (!/^ssh_host_\w+_key$/.test(name)) continue;
    const key = `${usualFolder}/${name}`;
    const opened = await host.readPart(key, { offset: 0, length: 0 });
    if (opened.state === 'unreadable' && opened.obstacle.code === 'denied') return key;
  }
  return undefined;
}

/** The command line holds an account's name. */
function nameless({ obstacle }: Extract<Reading<never>, { state: 'unreadable' }>, program: string): Reading<never> {
  return unreadable(obstacle.code, `${program} -T`);
}

/** Only what sshd says in words of its own: the rest of its message may quote the configuration, and with it names. */
function whyNot(stderr: string): string {
  const known = [
    'Missing privilege separation directory',
    noKeys,
    'Bad configuration option',
    'Permission denied',
    'Unsupported option',
    'bad configuration',
  ];
  return known.find((text) => stderr.includes(text)) ?? '';
}

function parseEffective(text: string, program: string): Reading<Effective> {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, keyword, value = ''] = /^(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
    if (keyword === undefined) continue;
    const values = lists.includes(keyword) ? value.split(/\s+/) : [value];
    settings.set(keyword, [...(settings.get(keyword) ?? []), ...values.filter((word) => word !== '')]);
  }
  if (!settings.has('permitrootlogin') || !settings.has('passwordauthentication')) {
    return unreadable('unparsable', `${program} -T`, 'it does not name the settings of an SSH server');
  }
  return read(settings);
}
