import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  FilePart,
  RosterPart,
  StatementPart,
  type HistoryAnswer,
  type PastAct,
} from '../../collector/people/exchange.ts';
import { isFilePart, rosterPartName, statementPartName } from '../../evidence/act.ts';
import { UsageError } from '../subcommand.ts';
import { cleanText } from '../terminal/style.ts';

/** All that was done about one thing, act by act. */
export function historyTable({ acts }: HistoryAnswer): string {
  return `${acts.flatMap(linesOf).join('\n')}\n`;
}

function linesOf({ index, receivedAt, by, role, act, parts }: PastAct): string[] {
  const { act: done, ...members } = act;
  const told = Object.entries(members).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const said = Object.entries(parts).map(([name, content]) => `  ${describePart(name, content)}`);
  return [`${receivedAt}  ${done} by ${by} (${role}), entry ${index}`, `  ${told.join(', ')}`, ...said];
}

function describePart(name: string, content: unknown): string {
  if (content === null) return `${name}: erased`;
  if (name === statementPartName) return cleanText(StatementPart.parse(content).text);
  if (name === rosterPartName) return `${name}: ${describeRoster(RosterPart.parse(content))}`;
  const { name: file, type, content: bytes } = FilePart.parse(content);
  return `${name}: ${cleanText(file)}, ${type}, ${Buffer.from(bytes, 'base64').length} bytes`;
}

function describeRoster({ v: _, ...roster }: RosterPart): string {
  return Object.entries(roster)
    .flatMap(([name, value]) => (value === null ? [] : [`${name} ${cleanText(String(value))}`]))
    .join('; ');
}

/**
 * Writes the files that were handed in, each behind the number of its entry: two may have one name.
 * @throws UsageError where the folder cannot be written, or has such a file
 */
export function saveFiles({ acts }: HistoryAnswer, folder: string): void {
  for (const { index, parts } of acts) {
    for (const [name, content] of Object.entries(parts)) {
      if (content === null || !isFilePart(name)) continue;
      const { name: file, content: bytes } = FilePart.parse(content);
      writeNew(folder, `${index}-${basename(file)}`, Buffer.from(bytes, 'base64'));
    }
  }
}

function writeNew(folder: string, name: string, bytes: Uint8Array): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), bytes, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new UsageError(`--save ${join(folder, name)}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
