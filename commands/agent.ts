import { Command, Option } from 'commander';
import { tasks, type Task } from './agent/message.ts';

interface AgentOptions {
  readonly config: string;
  readonly once?: true;
  readonly task?: Task;
}

export function command(): Command {
  return new Command('agent')
    .description(
      'Check this host, and those that it reads over SSH, on their schedules; sign and deliver what was found.',
    )
    .requiredOption('--config <file>', 'agent.yaml')
    .option('--once', 'check and deliver once, then end: for a systemd timer')
    .addOption(new Option('--task <task>').choices(tasks).hideHelp())
    .addHelpText(
      'after',
      `
Logs are JSON lines on standard output; WAARBORG_LOG=debug tells more.
Exit code with --once: 0 delivered and proven, 1 kept in the spool because the collector did not take it, or not made
because the spool is full, 2 kept because the log contradicts what it showed before (docs/witness.md), 3 usage. Of
several hosts the highest counts; one that cannot be begun, for want of its enrolment, is 1.

Example:
  waarborg agent --config /etc/waarborg/agent.yaml`,
    )
    .action(runAgents);
}

/** What an agent that stays has no use for is loaded by its children alone. */
async function runAgents({ config, once, task }: AgentOptions): Promise<void> {
  if (task !== undefined) {
    const { doTask } = await import('./agent/task.ts');
    await doTask(task, config);
  } else if (once === true) {
    const { runAllOnce } = await import('./agent/once.ts');
    await runAllOnce(config);
  } else {
    const { stay } = await import('./agent/stay.ts');
    await stay(config);
  }
}
