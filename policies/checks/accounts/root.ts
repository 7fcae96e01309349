import type { Account, AccountsFacts, Grant, Who } from './facts.ts';

/**
 * Groups whose members become root without being asked: they start containers or machines with the host's files in them
 * (docker, incus, libvirt, lxd), write to disks (disk) or memory (kmem), or read everybody's password hash (shadow).
 */
export const rootGroups: readonly string[] = [
  'disk',
  'docker',
  'incus-admin',
  'kmem',
  'libvirt',
  'lxd',
  'podman',
  'shadow',
];

/**
 * Programs of which everybody knows how to have them start a shell, or write any file, as whoever runs them: a rule that
 * allows one of them allows everything. By name, without version.
 */
const opening: readonly string[] = [
  ...['ash', 'awk', 'bash', 'busybox', 'chmod', 'chown', 'cp', 'crontab', 'csh', 'dash', 'dd', 'docker', 'dpkg', 'ed'],
  ...[
    'emacs',
    'env',
    'ex',
    'expect',
    'find',
    'fish',
    'gawk',
    'gdb',
    'git',
    'install',
    'ksh',
    'less',
    'ln',
    'lua',
    'make',
  ],
  ...['man', 'mawk', 'more', 'mount', 'mv', 'nano', 'nmap', 'node', 'nsenter', 'passwd', 'perl', 'php', 'pico', 'pip'],
  ...[
    'podman',
    'python',
    'rpm',
    'rsync',
    'ruby',
    'runuser',
    'rvim',
    'screen',
    'script',
    'sed',
    'setpriv',
    'sh',
    'socat',
  ],
  ...['ssh', 'strace', 'su', 'sudo', 'sudoedit', 'systemd-run', 'tar', 'tclsh', 'tee', 'tmux', 'unshare', 'useradd'],
  ...['usermod', 'vi', 'view', 'vim', 'vimdiff', 'visudo', 'watch', 'wget', 'xargs', 'zip', 'zsh'],
];

/** A way of an account to root. */
export interface RootWay {
  /** `uid 0`, `group docker`, `sudo`, `sudo NOPASSWD`, `doas`, `polkit`, `su`. */
  readonly way: string;
  /** Undefined where everything may be done; else the programs. */
  readonly programs?: readonly string[];
}

/** Every way of an account to root that the facts show. */
export function rootWaysOf(account: Account, { sudo, doas, su, polkit }: AccountsFacts): RootWay[] {
  const ways: RootWay[] = [];
  if (account.uid === 0 && !account.isRoot) ways.push({ way: 'uid 0' });
  for (const group of rootGroups) if (account.groups.includes(group)) ways.push({ way: `group ${group}` });
  if (sudo?.state === 'read') ways.push(...grantedBy('sudo', 'NOPASSWD', sudo.value.grants, account));
  if (doas?.state === 'read') ways.push(...grantedBy('doas', 'nopass', doas.value, account));
  const isAdministrator = polkit?.state === 'read' && polkit.value.administrators.some((who) => isMeant(who, account));
  if (isAdministrator) ways.push({ way: 'polkit' });
  const trusted = su?.state === 'read' ? su.value.trusted : null;
  if (trusted !== null && account.groups.includes(trusted)) ways.push({ way: 'su' });
  return ways;
}

function grantedBy(by: string, free: string, grants: readonly Grant[], account: Account): RootWay[] {
  return grants
    .filter(({ who, except }) => isForAccount(who, except, account))
    .map(({ commands, authenticate }) => ({
      way: authenticate ? by : `${by} ${free}`,
      ...(isEverything(commands) ? {} : { programs: commands as string[] }),
    }));
}

/** A rule for everyone is told once, not of each account. */
function isForAccount(who: readonly Who[], except: readonly Who[], account: Account): boolean {
  return who.some((one) => one.kind !== 'everyone' && isMeant(one, account)) && !isExcepted(except, account);
}

function isExcepted(except: readonly Who[], account: Account): boolean {
  return except.some((one) => isMeant(one, account));
}

function isMeant(who: Who, { account, uid, groups }: Account): boolean {
  switch (who.kind) {
    case 'everyone':
      return true;
    case 'account':
      return who.account === account;
    case 'uid':
      return who.uid === uid;
    case 'group':
      return groups.includes(who.group);
    case 'elsewhere':
      return false;
  }
}

/** Whether commands amount to all: one of them that lets go is enough. */
export function isEverything(commands: Grant['commands']): boolean {
  if (commands === 'all') return true;
  return commands.some((path) => {
    const name = path.split('/').at(-1) ?? '';
    // `python3.11` is python, and `vim.basic` vim; what lies elsewhere may be written by whoever runs it.
    const plain = (name.split('.')[0] ?? '').replace(/[-\d]+$/, '');
    return path === 'elsewhere' || opening.includes(name) || opening.includes(plain);
  });
}
