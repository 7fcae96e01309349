import { Command } from 'commander';
import { sudoersFor } from '../agent/host/ssh/sudoers.ts';
import { UsageError } from './subcommand.ts';

export function command(): Command {
  const remote = new Command('remote').description('What a host needs that is read over SSH.').addHelpText(
    'after',
    `
Example:
  waarborg remote sudoers --user waarborg > /etc/sudoers.d/waarborg`,
  );
  remote
    .command('sudoers')
    .description('Print the rules of sudo for a user who reads the host with --sudo.')
    .option('--user <name>', 'who logs in there', 'waarborg')
    .action(({ user }: { user: string }) => {
      if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user))
        throw new UsageError(`--user ${user}: expected the name of an account`);
      process.stdout.write(sudoersFor(user));
    });
  return remote;
}
