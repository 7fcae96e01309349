import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { AccountsFacts, SystemFacts } from './facts.ts';
import { because } from './reasons.ts';

/** Whether the host's files show every account that there is. */
export function judgeCompleteness({ malformed, directories }: SystemFacts): Reason[] {
  return [
    ...malformed.map(({ file, line }) => because('accounts.malformed', { file, line })),
    ...(directories.state === 'unreadable'
      ? [obstacleReason(directories.obstacle)]
      : directories.value.map((service) => because('accounts.directory', { what: 'passwd, group', service }))),
  ];
}

/** Whether the files of keys show everyone whom SSH lets in. */
export function judgeSsh({ ssh, roster }: AccountsFacts): Reason[] {
  if (ssh.state === 'unreadable') return [obstacleReason(ssh.obstacle)];
  return ssh.value.flatMap(({ server, asks }): Reason[] => {
    if (asks.state === 'unreadable') return [obstacleReason(asks.obstacle, server)];
    const { commands, authorities } = asks.value;
    const unknown =
      authorities.state === 'unreadable'
        ? [obstacleReason(authorities.obstacle, server)]
        : authorities.value
            .filter((key) => roster?.authorities.includes(key) !== true)
            .map(() => because('accounts.authority-unknown', {}, server));
    return [...commands.map((command) => because('accounts.keys-elsewhere', { command }, server)), ...unknown];
  });
}
