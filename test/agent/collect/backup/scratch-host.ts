import type { Command, CommandResult } from '../../../../agent/host/host.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import type { Reading } from '../../../../policies/reading.ts';

/** This machine, remembering the temporary folders that a reader had made. */
export class ScratchHost extends LocalHost {
  readonly folders: string[] = [];

  override async run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    const answer = await super.run(command, signal);
    if (command.file === 'mktemp' && answer.state === 'read') this.folders.push(answer.value.stdout.trim());
    return answer;
  }
}
