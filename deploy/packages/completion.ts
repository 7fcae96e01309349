import type { CommandLine, OptionLine } from './command-lines.ts';

/** A word that a shell may offer, by the words that must stand before it: a subcommand, and one of its own commands. */
interface Place {
  readonly words: readonly string[];
  readonly command: CommandLine;
}

function placesOf(commands: readonly CommandLine[]): Place[] {
  return commands.flatMap((command) => [
    { words: [command.name], command },
    ...command.commands.map((nested) => ({ words: [command.name, nested.name], command: nested })),
  ]);
}

function takesPath({ value = '' }: OptionLine): boolean {
  return /file|folder|certificate|key/.test(value);
}

/** What may stand at a place: its own commands and its options. */
function offered({ commands, options }: CommandLine): string[] {
  return [...commands.map(({ name }) => name), ...options.map(({ long }) => long)];
}

/** For bash-completion: offers commands, options, and the values of options that take but a few. */
export function bashCompletion(commands: readonly CommandLine[]): string {
  const values = placesOf(commands).flatMap(({ words, command }) =>
    command.options.flatMap((option) => {
      if (option.choices.length > 0)
        return [`    '${words.join(' ')} ${option.long}') words='${option.choices.join(' ')}' ;;`];
      return takesPath(option) ? [`    '${words.join(' ')} ${option.long}') files=yes ;;`] : [];
    }),
  );
  const places = placesOf(commands).map(
    ({ words, command }) => `    '${words.join(' ')}') words='${offered(command).join(' ')}' ;;`,
  );
  return `# bash completion for waarborg(1), made of the program's own help
_waarborg() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} place=\${COMP_WORDS[1]} words='' files=''
  case "$place \${COMP_WORDS[2]}" in
${placesOf(commands)
  .filter(({ words }) => words.length === 2)
  .map(({ words }) => `    '${words.join(' ')}') [ "$COMP_CWORD" -gt 2 ] && place='${words.join(' ')}' ;;`)
  .join('\n')}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words='${commands.map(({ name }) => name).join(' ')} --help --version'
  [ "$COMP_CWORD" -gt 1 ] && case "$place" in
${places.join('\n')}
  esac
  case "$place $before" in
${values.join('\n')}
  esac
  if [ -n "$files" ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -o filenames -F _waarborg waarborg
`;
}

/** For zsh: the same, with what each word means. */
export function zshCompletion(commands: readonly CommandLine[]): string {
  const described = (name: string, text: string): string => quoted(`${name.replaceAll(':', '\\:')}:${text}`);
  const optionsOf = ({ options }: CommandLine): string =>
    options
      .map((option) => {
        const message = option.description.replace(/[[\]:\\]/g, '\\$&');
        const what = option.choices.length > 0 ? `(${option.choices.join(' ')})` : takesPath(option) ? '_files' : '';
        return quoted(`*${option.long}[${message}]${option.value === undefined ? '' : `:${option.value}:${what}`}`);
      })
      .join(' ');
  const cases = commands.map((command) => {
    const nested = command.commands.map(({ name, summary }) => described(name, summary)).join(' ');
    const inner = command.commands.map((one) => `        ${one.name}) _arguments ${optionsOf(one)} '*:file:_files' ;;`);
    const body =
      command.commands.length === 0
        ? `_arguments ${optionsOf(command)} '*:file:_files'`
        : `if (( CURRENT == 3 )); then
        nested=(${nested})
        _describe command nested
      else
        case "\${words[3]}" in
${inner.join('\n')}
        esac
      fi`;
    return `    ${command.name})
      ${body} ;;`;
  });
  return `#compdef waarborg
# zsh completion for waarborg(1), made of the program's own help
_waarborg() {
  local -a commands nested
  if (( CURRENT == 2 )); then
    commands=(${commands.map(({ name, summary }) => described(name, summary)).join('\n      ')})
    _describe subcommand commands
    return
  fi
  case "\${words[2]}" in
${cases.join('\n')}
  esac
}
_waarborg "$@"
`;
}

/** For fish: the same. */
export function fishCompletion(commands: readonly CommandLine[]): string {
  const lines = commands.map(
    ({ name, summary }) => `complete -c waarborg -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
  );
  for (const { words, command } of placesOf(commands)) {
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const names = command.commands.map((nested) => nested.name).join(' ');
    for (const nested of command.commands) {
      const isFirst = `${seen}; and not __fish_seen_subcommand_from ${names}`;
      lines.push(`complete -c waarborg -n ${quoted(isFirst)} -f -a ${nested.name} -d ${quoted(nested.summary)}`);
    }
    for (const option of command.options) {
      const takes = option.value === undefined ? '' : takesPath(option) ? ' -r -F' : ' -x';
      const choices = option.choices.length === 0 ? '' : ` -a ${quoted(option.choices.join(' '))}`;
      const [long, text] = [option.long.replace(/^--/, ''), quoted(option.description)];
      lines.push(`complete -c waarborg -n ${quoted(seen)} -l ${long}${takes}${choices} -d ${text}`);
    }
  }
  return `# fish completion for waarborg(1), made of the program's own help\n${lines.join('\n')}\n`;
}

/** In single quotes, as all three shells read them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
