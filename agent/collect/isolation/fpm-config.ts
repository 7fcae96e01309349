import { dirname, resolve } from 'node:path';
import type { Reading } from '../../../policies/reading.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { expandGlob } from '../cms/glob.ts';

/** A pool as php-fpm.conf(5) describes it: settings by name, `php_admin_value[x]` as `x`. */
export interface PoolSettings {
  readonly name: string;
  readonly settings: ReadonlyMap<string, string>;
}

const maximumDepth = 8;

/** The pools of a configuration, in its order; files that it includes stand in the place of `include`. */
export async function readPoolSettings(host: Host, path: string): Promise<Reading<PoolSettings[]>> {
  const lines = await readLines(host, path, 0);
  if (lines.state === 'unreadable') return lines;
  const pools = new Map<string, Map<string, string>>();
  let section = 'global';
  for (const line of lines.value) {
    const heading = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (heading !== undefined) section = heading.trim();
    const [, name, value] = /^([A-Za-z_.]+(?:\[[^\]]+\])?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (heading === undefined && name === undefined) continue;
    const settings = pools.get(section) ?? new Map<string, string>();
    pools.set(section, settings);
    if (name === undefined || value === undefined) continue;
    const key = /^php(?:_admin)?_(?:value|flag)\[([^\]]+)\]$/.exec(name)?.[1] ?? name;
    settings.set(key, unquoted(value).replaceAll('$pool', section));
  }
  pools.delete('global');
  return read([...pools].map(([name, settings]) => ({ name, settings })));
}

async function readLines(host: Host, path: string, depth: number): Promise<Reading<string[]>> {
  if (depth > maximumDepth) return unreadable('unparsable', path, 'files include each other');
  const text = await host.readText(path);
  if (text.state === 'unreadable') return text;
  const lines: string[] = [];
  for (const raw of text.value.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    const [, pattern] = /^include\s*=\s*(.+)$/.exec(line) ?? [];
    if (pattern === undefined) {
      lines.push(line);
      continue;
    }
    const paths = await expandGlob(host, resolve(dirname(path), unquoted(pattern)));
    if (paths.state === 'unreadable') return paths;
    for (const included of paths.value) {
      const inner = await readLines(host, included, depth + 1);
      if (inner.state === 'unreadable') return inner;
      lines.push(...inner.value);
    }
  }
  return read(lines);
}

/** A comment may stand behind a value; within quotes it is none. */
function unquoted(value: string): string {
  const [, quoted] = /^"([^"]*)"/.exec(value) ?? [];
  return quoted ?? value.replace(/\s+;.*$/, '').trim();
}
