import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { FilePart, fileTypes, StatementPart } from '../../collector/people/exchange.ts';
import { filePartName, statementPartName } from '../../evidence/act.ts';
import { packPart, type PackedPart } from '../../evidence/exchange.ts';
import { saltLength } from '../../evidence/report.ts';
import { parseTypedMoment, typedMomentForm } from '../../policies/quantities.ts';
import { UsageError } from '../subcommand.ts';

/** What is said and handed in with an act. */
export interface SaidOptions {
  readonly text?: string;
  readonly file?: readonly string[];
}

/** Bytes of a file: in base64 it must still be a part. */
const maximumFile = 8 * 2 ** 20;

/** An id that nobody else gives. */
export function newId(stem: string): string {
  return `${stem}-${randomBytes(6).toString('hex')}`;
}

/** @throws UsageError */
export function momentOption(option: string, text: string, edge: 'begin' | 'end'): string {
  const moment = parseTypedMoment(text, edge);
  if (moment === undefined) throw new UsageError(`${option} ${text}: expected ${typedMomentForm}`);
  return moment.toISOString();
}

/**
 * The parts that go with an act.
 * @throws UsageError where a file cannot be read, is too long, or of no kind that is taken
 */
export function packParts({ text, file: files = [] }: SaidOptions): PackedPart[] {
  const statement = text === undefined ? [] : [packed(statementPartName, StatementPart.parse({ v: 1, text }))];
  return [...statement, ...files.map((file, index) => packed(filePartName(index + 1), readFile(file)))];
}

function readFile(file: string): unknown {
  const type = fileTypes[extname(file).slice(1).toLowerCase()];
  if (type === undefined) {
    throw new UsageError(`--file ${file}: expected one of .${Object.keys(fileTypes).join(', .')}`);
  }
  const content = contentOf(file);
  if (content.length > maximumFile) throw new UsageError(`--file ${file}: longer than ${maximumFile / 2 ** 20} MiB`);
  return FilePart.parse({ v: 1, name: basename(file), type, content: content.toString('base64') });
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(`--file ${file}: cannot be read`);
  }
}

export function packed(name: string, content: unknown): PackedPart {
  return packPart({ name, salt: randomBytes(saltLength), bytes: Buffer.from(JSON.stringify(content)) });
}
