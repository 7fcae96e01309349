import type { CommandLine, OptionLine } from './command-lines.ts';

/** What a page's head says of the program: its version, and the day of the sources. */
export interface Edition {
  readonly version: string;
  readonly at: Date;
}

/** The page `waarborg(1)`, in the language of man(7). */
export function overviewPage(commands: readonly CommandLine[], edition: Edition): string {
  return [
    heading('waarborg', edition),
    section('NAME', 'waarborg \\- shows, with proof, that servers do what a written security policy promises'),
    section('SYNOPSIS', '.B waarborg\n.I subcommand\n.RI [ options ]\n.br\n.B waarborg \\-\\-version'),
    section(
      'DESCRIPTION',
      escape(
        'An agent on each host reads facts and judges them against a policy; a collector keeps signed reports in a log that nobody can alter unseen; an auditor verifies them alone.',
      ),
    ),
    section(
      'SUBCOMMANDS',
      commands.map(({ name, summary }) => entry(`.BR waarborg\\-${escape(name)} (1)`, summary)).join('\n'),
    ),
    section('FILES', files.map(([file, what]) => entry(`.I ${escape(file)}`, what)).join('\n')),
    section('SEE ALSO', commands.map(({ name }) => `.BR waarborg\\-${escape(name)} (1)`).join(',\n')),
  ].join('\n');
}

const files = [
  ['/etc/waarborg/agent.yaml', 'what this host is, and by which policies it is judged'],
  ['/etc/waarborg/collector.yaml', 'where the collector listens, and what its log is called'],
  ['/var/lib/waarborg', 'keys, reports that wait, and the evidence log'],
  ['/usr/share/waarborg/systemd', 'drop-ins with more rights for some checks'],
] as const;

/** The page of one subcommand, `waarborg-NAME(1)`. */
export function commandPage(command: CommandLine, edition: Edition): string {
  const name = `waarborg-${command.name}`;
  return [
    heading(name, edition),
    section('NAME', `${escape(name)} \\- ${escape(command.summary)}`),
    section('SYNOPSIS', synopsis(`waarborg ${command.name}`, command)),
    section('DESCRIPTION', escape(command.description)),
    ...optionSection('OPTIONS', command.options),
    ...command.commands.map((nested) =>
      section(
        `waarborg ${command.name} ${nested.name}`,
        [
          synopsis(`waarborg ${command.name} ${nested.name}`, nested),
          `.PP\n${escape(nested.description)}`,
          ...nested.options.map(optionEntry),
          ...(nested.notes === '' ? [] : [`.PP\n${verbatim(nested.notes)}`]),
        ].join('\n'),
      ),
    ),
    ...(command.notes === '' ? [] : [section('NOTES', verbatim(command.notes))]),
    section('SEE ALSO', '.BR waarborg (1)'),
  ].join('\n');
}

function heading(name: string, { version, at }: Edition): string {
  const day = at.toISOString().slice(0, 10);
  return `.TH ${escape(name.toUpperCase())} 1 "${day}" "Waarborg ${version}" "Waarborg"\n.nh\n.ad l`;
}

function section(title: string, body: string): string {
  return `.SH "${escape(title)}"\n${body}`;
}

function synopsis(words: string, { usage, commands }: CommandLine): string {
  const rest = commands.length > 0 ? '[options] command' : usage;
  return `.B ${escape(words)}\n${escape(rest)}`;
}

function optionSection(title: string, options: readonly OptionLine[]): string[] {
  return options.length === 0 ? [] : [section(title, options.map(optionEntry).join('\n'))];
}

function optionEntry({ flags, description, choices }: OptionLine): string {
  const values = choices.length === 0 ? '' : ` (${choices.join(', ')})`;
  return entry(`.B ${escape(flags)}`, `${description}${values}`);
}

/** @param tag in the language of man(7); what it is told of is plain */
function entry(tag: string, text: string): string {
  return `.TP\n${tag}\n${escape(text)}`;
}

function verbatim(text: string): string {
  return `.nf\n${escape(text)}\n.fi`;
}

/** A line that begins with a dot or an apostrophe would be a request; a plain hyphen would become a dash. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}
