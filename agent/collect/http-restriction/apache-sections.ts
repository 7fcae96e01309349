import { globPattern } from '../discovery/glob.ts';
import type { Directive } from '../discovery/nginx-syntax.ts';
import { fileOf, patternOf } from './scripts.ts';

/** What is asked for: a file in a folder, by a path of a request, on one virtual host. */
export interface ApacheRequest {
  readonly main: readonly Directive[];
  /** The virtual host's own directives; none where the main server answers. */
  readonly host: readonly Directive[];
  readonly folder: string;
  readonly file: string;
  readonly path: string;
  /** What `.htaccess` says, by folder, where it is heard. */
  readonly htaccess: ReadonlyMap<string, readonly Directive[]>;
}

/** A section that holds for a request, and what it is called. */
export interface Section {
  readonly where: string;
  /** False where its pattern is not understood, so that it may not hold. */
  readonly isSure: boolean;
  readonly directives: readonly Directive[];
}

/**
 * The sections that hold for a file, in the order in which Apache merges them (Apache 2.4, "How the sections are merged"):
 * folders from the outside inwards with their `.htaccess`, folders by pattern, files, locations.
 */
export function sectionsFor(request: ApacheRequest): { byFile: Section[]; byLocation: Section[]; conditions: boolean } {
  const { main, host, folder, file, path, htaccess } = request;
  const around: Section[] = [
    { where: 'the main server', isSure: true, directives: main },
    { where: 'the virtual host', isSure: true, directives: host },
  ];
  const sources = [main, host];
  const folders: Section[] = [];
  for (const ancestor of ancestorsOf(folder)) {
    for (const source of sources) folders.push(...directoriesAt(source, ancestor));
    const own = htaccess.get(ancestor);
    if (own !== undefined) folders.push({ where: `${ancestor}/.htaccess`, isSure: true, directives: own });
  }
  for (const source of sources) folders.push(...directoriesByPattern(source, folder));
  const holders = [...around, ...folders];
  // What stands behind a file in a request is no part of its name.
  const name = fileOf(file);
  const files = holders.flatMap(({ directives }) => filesIn(directives, name));
  const byLocation = sources.flatMap((source) => locationsIn(source, path));
  const all = [...holders, ...files, ...byLocation];
  const conditions = all.some(({ directives }) => directives.some(isCondition));
  return { byFile: [...holders, ...files], byLocation, conditions };
}

/** `/`, `/var`, `/var/www`. */
export function ancestorsOf(folder: string): string[] {
  const parts = folder.split('/').filter((part) => part !== '');
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)];
}

function isBySign(args: readonly string[]): boolean {
  return args[0] === '~';
}

export function directoriesAt(source: readonly Directive[], folder: string): Section[] {
  return source.flatMap(({ name, args, block }) => {
    if (name !== 'directory' || block === undefined || isBySign(args)) return [];
    const written = (args[0] ?? '').replace(/(.)\/+$/, '$1');
    const matches = /[*?[]/.test(written) ? globPattern(written).test(folder) : written === folder;
    return matches ? [{ where: `Directory ${written}`, isSure: true, directives: block }] : [];
  });
}

function directoriesByPattern(source: readonly Directive[], folder: string): Section[] {
  return source.flatMap(({ name, args, block }) => {
    const isPattern = name === 'directorymatch' || (name === 'directory' && isBySign(args));
    if (!isPattern || block === undefined) return [];
    const pattern = patternOf(args.at(-1) ?? '');
    const isMatch = ancestorsOf(folder).some((one) => pattern?.test(one) !== false || pattern.test(`${one}/`));
    const where = `DirectoryMatch ${args.at(-1) ?? ''}`;
    return isMatch ? [{ where, isSure: pattern !== undefined, directives: block }] : [];
  });
}

function filesIn(directives: readonly Directive[], file: string): Section[] {
  return directives.flatMap(({ name, args, block }) => {
    if ((name !== 'files' && name !== 'filesmatch') || block === undefined) return [];
    const written = args.at(-1) ?? '';
    const isPattern = name === 'filesmatch' || isBySign(args);
    const pattern = isPattern ? patternOf(written) : globPattern(written);
    if (pattern?.test(file) === false) return [];
    const where = `${isPattern ? 'FilesMatch' : 'Files'} ${written}`;
    return [{ where, isSure: pattern !== undefined, directives: block }];
  });
}

function locationsIn(source: readonly Directive[], path: string): Section[] {
  return source.flatMap(({ name, args, block }) => {
    if ((name !== 'location' && name !== 'locationmatch') || block === undefined) return [];
    const written = args.at(-1) ?? '';
    const isPattern = name === 'locationmatch' || isBySign(args);
    const prefix = written.replace(/(.)\/+$/, '$1');
    const pattern = isPattern ? patternOf(written) : locationPattern(prefix);
    if (pattern?.test(path) === false) return [];
    return [{ where: `Location ${written}`, isSure: pattern !== undefined, directives: block }];
  });
}

/** A path and what lies below it; with `*` and `?` for what stands between slashes. */
function locationPattern(prefix: string): RegExp {
  const { source } = globPattern(prefix.replace(/^\/$/, ''));
  return new RegExp(source.replace(/\$$/, '(?:/|$)'));
}

/** A condition that could hand a file to a script's handler, which is decided for each request. */
function isCondition({ name, block }: Directive): boolean {
  if (!['if', 'elseif', 'else'].includes(name) || block === undefined) return false;
  return block.some((one) => /^(?:sethandler|addhandler|addtype|forcetype|require|allow)$/.test(one.name));
}
