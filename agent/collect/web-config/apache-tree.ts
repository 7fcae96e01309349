import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { parseApache } from '../discovery/apache.ts';
import { commandOutput } from '../discovery/command.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';

/** Apache's configuration as it was read when it last tested it: names of directives in lower case. */
export interface ApacheTree {
  readonly directives: readonly Directive[];
  /** As `security2_module`. */
  readonly modules: ReadonlySet<string>;
  /** Whether macros make a part of it, which nothing here sees. */
  readonly usesMacros: boolean;
}

/** What it is called by Debian, by the project itself, and by Red Hat. */
const commands = ['apache2ctl', 'apachectl', 'httpd'];

const questions = ['DUMP_INCLUDES', 'DUMP_MODULES', 'DUMP_VHOSTS', 'DUMP_RUN_CFG'];

/**
 * Reads Apache's configuration with every file in the place where Apache itself included it (httpd(8), `-D
 * DUMP_INCLUDES`), so that conditions, patterns and their order are Apache's own. Undefined where Apache is not on this
 * host.
 */
export function readApacheTree(context: CollectContext): Promise<Reading<ApacheTree> | undefined> {
  return context.once('apache tree', async () => {
    for (const file of commands) {
      const args = ['-t', ...questions.flatMap((question) => ['-D', question])];
      const told = await commandOutput(context, { file, args });
      if (told === undefined) continue;
      return told.state === 'unreadable' ? told : await buildTree(context, told.value, file);
    }
    return undefined;
  });
}

interface Included {
  readonly path: string;
  /** Where the file around it includes it. */
  readonly line: number;
  readonly files: Included[];
}

/** By depth of indentation: `  (*) main`, and under it `    (14) file` for what its line 14 includes. */
function parseIncludes(told: string): Included | undefined {
  const open: Included[] = [];
  for (const line of told.split('\n')) {
    const match = /^( +)\((\*|\d+)\) (\/.*)$/.exec(line);
    if (match === null) continue;
    const depth = (match[1] ?? '').length / 2 - 1;
    const file: Included = { path: match[3] ?? '', line: Number(match[2]), files: [] };
    open.splice(depth);
    open.at(-1)?.files.push(file);
    open.push(file);
  }
  return open[0];
}

async function buildTree(context: CollectContext, told: string, command: string): Promise<Reading<ApacheTree>> {
  const main = parseIncludes(told);
  const what = `${command} -D DUMP_INCLUDES`;
  if (main === undefined) return unreadable('unparsable', what, 'no list of files');
  const modules = new Set([...told.matchAll(/^ (\w+_module) \(/gm)].map(([, name]) => name ?? ''));
  const defines = new Map(
    [...told.matchAll(/^Define: ([^=\n]+)(?:=(.*))?$/gm)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
  const loaded = await loadLines(context, main);
  if (loaded.state === 'unreadable') return loaded;
  const nested = nest(loaded.value);
  if (nested === undefined) return unreadable('unparsable', main.path, 'sections that do not close');
  const directives = settle(nested, modules, defines);
  return read({ directives, modules, usesMacros: loaded.value.some(([name]) => name === 'use') });
}

type Words = readonly [name: string, ...args: string[]];

/** The lines of a file, with those of the files that it includes where it does so. */
async function loadLines(context: CollectContext, file: Included): Promise<Reading<Words[]>> {
  const text = await context.host.readText(file.path);
  if (text.state === 'unreadable') return text;
  const lines: Words[] = [];
  for (const [index, words] of parseApache(text.value).entries()) {
    if (words[0] !== 'include' && words[0] !== 'includeoptional') {
      if (words[0] !== '') lines.push(words);
      continue;
    }
    for (const part of file.files.filter(({ line }) => line === index + 1)) {
      const inner = await loadLines(context, part);
      if (inner.state === 'unreadable') return inner;
      lines.push(...inner.value);
    }
  }
  return read(lines);
}

/**
 * What a file that Apache reads for each request says (`.htaccess`), with the conditions decided as for the rest.
 * Undefined where it is not in its form.
 */
export function parseHtaccess(text: string, { modules }: ApacheTree): Directive[] | undefined {
  const nested = nest(parseApache(text).filter(([name]) => name !== ''));
  return nested === undefined ? undefined : settle(nested, modules, new Map());
}

/** Sections with what stands in them; undefined where one does not close, or closes what is not open. */
function nest(lines: readonly Words[]): Directive[] | undefined {
  const top: Directive[] = [];
  const open: { name: string; block: Directive[] }[] = [];
  for (const [word, ...args] of lines) {
    const current = open.at(-1)?.block ?? top;
    const [, close, name] = /^<(\/?)([^>\s]+)>?$/.exec(word) ?? [];
    if (name === undefined) {
      current.push({ name: word, args });
    } else if (close === '/') {
      if (open.pop()?.name !== name) return undefined;
    } else {
      const block: Directive[] = [];
      current.push({ name, args: trimmed(args), block });
      open.push({ name, block });
    }
  }
  return open.length === 0 ? top : undefined;
}

/** Without the bracket that closes a section's line. */
function trimmed(args: readonly string[]): string[] {
  const last = args.at(-1);
  if (last?.endsWith('>') !== true) return [...args];
  const kept = last.slice(0, -1);
  return [...args.slice(0, -1), ...(kept === '' ? [] : [kept])];
}

/** Conditions decided as Apache decided them, and what `Define` gave filled in. What cannot be decided here stays in. */
function settle(
  directives: readonly Directive[],
  modules: ReadonlySet<string>,
  defines: ReadonlyMap<string, string>,
): Directive[] {
  return directives.flatMap((directive) => {
    const args = directive.args.map((text) =>
      text.replace(/\$\{(\w+)\}/g, (whole, name: string) => defines.get(name) ?? whole),
    );
    if (directive.block === undefined) return [{ ...directive, args }];
    const block = settle(directive.block, modules, defines);
    const [condition = ''] = args;
    const isNegated = condition.startsWith('!');
    const bare = condition.replace(/^!/, '');
    if (directive.name === 'ifmodule') return hasModule(bare, modules) === isNegated ? [] : block;
    if (directive.name === 'ifdefine') return defines.has(bare) === isNegated ? [] : block;
    if (directive.name === 'ifversion' || directive.name === 'iffile') return block;
    return directive.name === 'macro' ? [] : [{ ...directive, args, block }];
  });
}

/** `security2_module`, or the source file `mod_security2.c`. */
function hasModule(name: string, modules: ReadonlySet<string>): boolean {
  const bySource = /^(?:mod_)?(\w+)\.c$/.exec(name)?.[1];
  return modules.has(bySource === undefined ? name : `${bySource}_module`) || name === 'core.c';
}
