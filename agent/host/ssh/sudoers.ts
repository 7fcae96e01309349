import { systemFolders, systemPath } from '../local.ts';
import { fileServers, privilegedCommands, type PrivilegedCommand } from './privileged.ts';

/**
 * The rules of sudo (sudoers(5)) under which a user can be what `--sudo` needs: root for reading files, and for the
 * commands that are listed, and for nothing else.
 */
export function sudoersFor(user: string): string {
  const files = fileServers.map((file) => `${user} ALL=(root) NOPASSWD: ${file} -R`);
  const commands = privilegedCommands.flatMap((command) => [
    ...(command.danger === undefined ? [] : [`# ${command.file} ${command.danger}: leave out what you will not have.`]),
    ...systemFolders.map((folder) => `${user} ALL=(root) NOPASSWD: ${folder}/${command.file} ${argumentsOf(command)}`),
  ]);
  // The last rule that fits counts (sudoers(5)): what is refused comes after all that is allowed.
  const refusals = privilegedCommands.flatMap(({ file, args, without }) =>
    without === undefined
      ? []
      : systemFolders.map(
          (folder) => `${user} ALL=(root) NOPASSWD: !${folder}/${file} ${args.slice(0, -1).join(' ')} *${without}*`,
        ),
  );
  return [
    '# /etc/sudoers.d/waarborg: what Waarborg does as root when it reads this host over SSH (waarborg remote sudoers).',
    '# Check it with: visudo -cf /etc/sudoers.d/waarborg',
    `Defaults:${user} !requiretty, !use_pty, !lecture, !mail_always`,
    `Defaults:${user} env_reset, env_keep += "LC_ALL TZ", secure_path="${systemPath}"`,
    '# A command that hangs is ended: Waarborg says after how many seconds.',
    `Defaults:${user} user_command_timeouts, command_timeout=120`,
    '',
    '# Files, to read and never to write:',
    ...files,
    '',
    '# What shows settings and states that only root sees:',
    ...commands,
    '',
    '# Words that would make one of these write:',
    ...refusals,
    '',
  ].join('\n');
}

/** What sudo takes for a mark of its own is written with a backslash; `""` allows no words at all. */
function argumentsOf({ args }: PrivilegedCommand): string {
  return args.length === 0 ? '""' : args.map((word) => word.replaceAll(/[,:=\\]/g, String.raw`\$&`)).join(' ');
}
