import type { Command, CommandResult } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { Reading } from '../../../../policies/reading.ts';

/** This machine, on which commands run as user nobody. */
export class OrdinaryUser extends LocalHost {
  override run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    const as = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', command.file, ...command.args];
    return super.run({ ...command, file: 'setpriv', args: as }, signal);
  }
}
