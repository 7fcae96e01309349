import { systemFolders } from '../local.ts';

/** Where sftp-server(8) lies: Debian, Red Hat, and SUSE, Alpine and Arch. */
export const fileServers = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/lib/ssh/sftp-server',
] as const;

/** A command that is run as root where `--sudo` is given. */
export interface PrivilegedCommand {
  readonly file: string;
  /** Its words; a `*` at the end stands for any further ones, so nothing may follow there that does more than show. */
  readonly args: readonly string[];
  /** What must not stand in these further words, whatever else does: sudo's `*` tells no options from values. */
  readonly without?: string;
  /** What it could do beside what it is asked for, in the hands of whoever has the login key. */
  readonly danger?: string;
}

/** What `agent/collect/discovery/exim.ts` asks for: further words could be `-be`, which runs what it is told. */
const eximOptions = [
  'daemon_smtp_ports',
  'tls_on_connect_ports',
  'tls_advertise_hosts',
  'tls_certificate',
  'local_interfaces',
];

/** What `agent/collect/capacity/pools.ts` asks for: further words could be `--config`, which writes where it is told. */
const poolColumns = 'vg_name,lv_name,lv_attr,data_percent,metadata_percent';

const apacheDump = ['-t', '-D', 'DUMP_INCLUDES', '-D', 'DUMP_MODULES', '-D', 'DUMP_VHOSTS', '-D', 'DUMP_RUN_CFG'];

/**
 * All that is ever run as root over SSH: commands that show settings and states which only root sees. What could run
 * anything else, such as find, clients of databases and tools for backups, is run as the user who logs in.
 */
export const privilegedCommands: readonly PrivilegedCommand[] = [
  { file: 'stat', args: ['-L', '-c', '*'] },
  { file: 'ss', args: ['-H', '-l', '-t', '-n', '-p'] },
  { file: 'ss', args: ['-H', '-l', '-t', '-u', '-n', '-p', '-e'] },
  { file: 'ss', args: ['-H', '-t', '-n', '-p', 'state', 'established'] },
  { file: 'nft', args: ['-j', '-s', 'list', 'ruleset'] },
  { file: 'nft', args: ['-s', '-t', 'list', 'ruleset'] },
  ...['iptables', 'ip6tables'].flatMap((tool) =>
    [`${tool}-nft-save`, `${tool}-legacy-save`, `${tool}-save`].map((file) => ({ file, args: [] })),
  ),
  ...['apache2ctl', 'apachectl', 'httpd'].flatMap((file) => [
    { file, args: ['-S'] },
    { file, args: apacheDump },
  ]),
  { file: 'nginx', args: ['-T', '-q'] },
  { file: 'doveconf', args: ['-n'] },
  { file: 'exim', args: ['-bP', ...eximOptions] },
  { file: 'exim', args: ['-bpc'] },
  { file: 'exim4', args: ['-bP', ...eximOptions] },
  { file: 'exim4', args: ['-bpc'] },
  // -E names a file to write to.
  { file: 'sshd', args: ['-T'] },
  { file: 'sshd', args: ['-T', '*'], without: 'E' },
  { file: 'sshd', args: ['-G'] },
  { file: 'sshd', args: ['-G', '*'], without: 'E' },
  { file: 'cvtsudoers', args: ['-e', '-f', 'json', '/etc/sudoers'] },
  { file: 'auditctl', args: ['-s'] },
  { file: 'auditctl', args: ['-l'] },
  { file: 'dmsetup', args: ['table', '--manglename', 'none'] },
  { file: 'lvs', args: ['--reportformat', 'json', '-o', poolColumns] },
  { file: 'repquota', args: ['-a', '-u', '-n', '-p', '-O', 'csv'] },
  { file: 'btrfs', args: ['subvolume', 'show', '--', '*'] },
  { file: 'drbdsetup', args: ['status', '--json', '*'] },
  { file: 'syslog-ng-ctl', args: ['config', '--preprocessed'] },
  { file: 'cagefsctl', args: ['--cagefs-status'] },
  { file: 'cagefsctl', args: ['--list-enabled'] },
  { file: 'cscli', args: ['bouncers', 'list', '-o', 'json'] },
  { file: 'cscli', args: ['metrics', '-o', 'json'] },
  { file: 'suricatasc', args: ['-c', 'ruleset-stats'] },
  { file: 'suricatasc', args: ['-c', 'ruleset-reload-time'] },
  { file: 'suricatasc', args: ['-c', 'iface-list'] },
  {
    file: 'fail2ban-client',
    args: ['-i'],
    danger: 'can change what fail2ban does, and so run anything as root',
  },
];

/** Whether a command is one of those that are run as root. */
export function isPrivileged({ file, args }: { readonly file: string; readonly args: readonly string[] }): boolean {
  return privilegedCommands.some((command) => isFile(file, command.file) && isCovered(args, command.args));
}

function isFile(file: string, name: string): boolean {
  return file === name || systemFolders.some((folder) => file === `${folder}/${name}`);
}

function isCovered(args: readonly string[], pattern: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '*';
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  const isLongEnough = isOpen ? args.length > fixed.length : args.length === fixed.length;
  return isLongEnough && fixed.every((word, index) => args[index] === word);
}
