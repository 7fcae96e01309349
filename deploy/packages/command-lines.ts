import type { Command } from 'commander';
import { agentVersion } from '../../agent/version.ts';
import { subcommands } from '../../waarborg.ts';

export interface OptionLine {
  /** As its help has it: `--format <form>`. */
  readonly flags: string;
  readonly long: string;
  /** What the option takes: `file`, `folder`, ...; undefined where it takes nothing. */
  readonly value: string | undefined;
  readonly description: string;
  /** Every value that it takes; empty where any may be given. */
  readonly choices: readonly string[];
}

/** A command as its own help tells it: manual pages and completions are made of this, and so never go stale. */
export interface CommandLine {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly description: string;
  /** What stands behind the name: `[options] <files...>`. */
  readonly usage: string;
  readonly options: readonly OptionLine[];
  readonly commands: readonly CommandLine[];
  /** What the help says last: exit codes and examples. */
  readonly notes: string;
}

/** Every subcommand, in the order of the program's help. */
export async function commandLines(): Promise<CommandLine[]> {
  const lines: CommandLine[] = [];
  for (const [name, [summary, load]] of Object.entries(subcommands)) {
    lines.push({ ...lineOf((await load()).command()), name, summary });
  }
  return lines;
}

export const programVersion = agentVersion;

function lineOf(command: Command): CommandLine {
  const help = command.createHelp();
  return {
    name: command.name(),
    summary: command.description(),
    description: command.description(),
    usage: command.usage(),
    options: help.visibleOptions(command).map(({ flags, long, short, description, argChoices }) => ({
      flags,
      long: long ?? short ?? flags,
      value: /[<[]([^>\].]+)/.exec(flags)?.[1],
      description,
      choices: argChoices ?? [],
    })),
    commands: command.commands.map(lineOf),
    notes: notesOf(command),
  };
}

/** What was added behind the help itself, which commander gives with it only. */
function notesOf(command: Command): string {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({ ...before, writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(before);
  return text.slice(command.helpInformation().length).trim();
}
