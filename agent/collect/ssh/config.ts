import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { globPattern } from '../discovery/glob.ts';
import { wordsOf } from './config-words.ts';

/** What a Match line of sshd_config(5) asks: every criterion has to hold. */
export type MatchBlock = readonly { readonly criterion: string; readonly patterns: readonly string[] }[];

export interface SshdConfig {
  readonly blocks: readonly MatchBlock[];
  /** The patterns of AllowUsers and DenyUsers, wherever they stand. */
  readonly userPatterns: readonly string[];
  /** When the newest of the files, or of the folders that are included from, changed last. */
  readonly changedAt: Date;
}

interface Found {
  readonly blocks: MatchBlock[];
  readonly userPatterns: string[];
  changedAt: Date;
}

/** OpenSSH follows includes this deep (servconf.c, SERVCONF_MAX_DEPTH). */
const maximumDepth = 16;
const maximumFiles = 256;

/**
 * Which users, groups and addresses an sshd_config tells apart, with what it includes. What its settings amount to is
 * left to sshd itself (`sshd -T`).
 */
export async function readSshdConfig(host: Host, path: string): Promise<Reading<SshdConfig>> {
  const found: Found = { blocks: [], userPatterns: [], changedAt: new Date(0) };
  const files = { left: maximumFiles };
  const obstacle = await readInto(host, path, found, files, 0);
  return obstacle ?? read(found);
}

async function readInto(
  host: Host,
  path: string,
  found: Found,
  files: { left: number },
  depth: number,
): Promise<Reading<never> | undefined> {
  if (depth > maximumDepth || files.left-- <= 0) return unreadable('unparsable', path, 'it includes too many files');
  const [text, status] = [await host.readText(path), await host.status(path)];
  if (text.state === 'unreadable') return text;
  if (status.state === 'unreadable') return status;
  heed(found, status.value.changedAt);
  for (const [keyword = '', ...words] of text.value.split('\n').map(wordsOf)) {
    const name = keyword.toLowerCase();
    if (name === 'allowusers' || name === 'denyusers') found.userPatterns.push(...words);
    if (name === 'match') found.blocks.push(matchBlock(words));
    if (name !== 'include') continue;
    for (const pattern of words) {
      const obstacle = await includeInto(host, pattern, found, files, depth);
      if (obstacle !== undefined) return obstacle;
    }
  }
  return undefined;
}

async function includeInto(
  host: Host,
  written: string,
  found: Found,
  files: { left: number },
  depth: number,
): Promise<Reading<never> | undefined> {
  const pattern = written.startsWith('/') ? written : `/etc/ssh/${written}`;
  const folder = pattern.slice(0, pattern.lastIndexOf('/')) || '/';
  if (/[*?[]/.test(folder)) return unreadable('unsupported', pattern, 'a pattern for a folder in Include');
  const status = await host.status(folder);
  // A folder that is not there is a pattern that matches nothing.
  if (status.state === 'unreadable') return status.obstacle.code === 'missing' ? undefined : status;
  heed(found, status.value.changedAt);
  const names = await host.list(folder);
  if (names.state === 'unreadable') return names;
  const isMatch = globPattern(pattern);
  for (const name of names.value) {
    const path = `${folder === '/' ? '' : folder}/${name}`;
    if (!isMatch.test(path) || (name.startsWith('.') && !pattern.includes('/.'))) continue;
    const obstacle = await readInto(host, path, found, files, depth + 1);
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

function heed(found: Found, changedAt: Date): void {
  if (changedAt > found.changedAt) found.changedAt = changedAt;
}

/** `Match user jan,piet address 10.0.0.0/8` or, in newer versions, `Match user=jan`. */
function matchBlock(words: readonly string[]): MatchBlock {
  const criteria: { criterion: string; patterns: string[] }[] = [];
  for (let at = 0; at < words.length; at++) {
    const [criterion = '', attached] = (words[at] ?? '').split(/=(.*)/s);
    const name = criterion.toLowerCase();
    if (name === 'all' || name === 'invalid-user') {
      criteria.push({ criterion: name, patterns: [] });
      continue;
    }
    const patterns = attached ?? words[++at] ?? '';
    criteria.push({ criterion: name, patterns: patterns.split(',') });
  }
  return criteria;
}
