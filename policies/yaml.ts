import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

/** One thing wrong in a document, and where: lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The place in the document, as `controls.3.with.minimumVersion`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type DocumentErrorCode = 'document.unreadable' | 'document.syntax' | 'document.invalid';

/** A YAML document that cannot be used. Its message has one line a problem: `file:line:column: path: what was expected`. */
export class DocumentError extends Error {
  readonly code: DocumentErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: DocumentErrorCode, problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'DocumentError';
    this.code = code;
    this.problems = problems;
  }
}

function formatProblem({ file, line, column, path, message }: Problem): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return `${place}: ${path ? `${path}: ` : ''}${message}`;
}

/** A document's text is at most this long: people write these by hand. */
const maximumSize = 2 ** 20;
const maximumProblems = 20;

/** A document read from disk, before anything is known of its shape. */
export interface YamlDocument {
  readonly file: string;
  readonly text: string;
  /** The plain value: what YAML says, untyped. */
  readonly value: unknown;
  /** Turns what a schema found wrong into a `DocumentError` that points into the text. */
  invalid(issues: readonly Issue[]): DocumentError;
}

/** A zod issue, or one of our own in its form. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly code?: string | undefined;
  readonly keys?: readonly string[];
  /** Where a record's key is wrong: what is wrong with it. */
  readonly issues?: readonly { readonly message: string }[];
}

/** @throws DocumentError `document.unreadable` where there is no such file or it is no regular file */
export function readYaml(file: string): YamlDocument {
  return parseYaml(readDocument(file), file);
}

/** @throws DocumentError `document.unreadable` where there is no such file or it is no regular file */
export function readDocument(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DocumentError('document.unreadable', [atStart(file, whyUnreadable(error))]);
  }
}

/**
 * @param file the name to use in messages
 * @throws DocumentError `document.syntax` where the text is not YAML
 */
export function parseYaml(text: string, file: string): YamlDocument {
  if (text.length > maximumSize) {
    throw new DocumentError('document.unreadable', [atStart(file, `expected at most ${maximumSize} bytes`)]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, strict: true });
  const locate = (offset: number): Pick<Problem, 'line' | 'column'> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({
      file,
      ...locate(pos[0]),
      path: '',
      message: `not valid YAML: ${message}`,
    }));
    throw new DocumentError('document.syntax', problems.slice(0, maximumProblems));
  }
  return {
    file,
    text,
    value: plainValue(document, file),
    invalid(issues) {
      const problems = issues.slice(0, maximumProblems).map((issue) => ({
        file,
        ...locate(offsetOf(document, issue)),
        path: issue.path.map(String).join('.'),
        message: plainly(issue.code === 'invalid_key' ? (issue.issues?.[0]?.message ?? issue.message) : issue.message),
      }));
      return new DocumentError('document.invalid', problems);
    },
  };
}

/**
 * Reads a document and gives it its type.
 * @throws DocumentError
 */
export function loadYaml<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const document = readYaml(file);
  const parsed = schema.safeParse(document.value);
  if (!parsed.success) throw document.invalid(parsed.error.issues);
  return parsed.data;
}

function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw new DocumentError('document.syntax', [atStart(file, `not usable YAML: ${String(error)}`)]);
  }
}

/** What a schema says, as a person would: a key that is not there is missing, and not "undefined". */
function plainly(message: string): string {
  return message
    .replace(/^Invalid input: expected (.+), received undefined$/, 'is missing; expected $1')
    .replace(/^Invalid (?:input|option): /, '')
    .replace(/^Unrecognized key/, 'unknown key');
}

function atStart(file: string, message: string): Problem {
  return { file, line: 0, column: 0, path: '', message };
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file; give the path of a YAML document';
  if (code === 'EISDIR') return 'is a directory; give the path of a YAML document in it';
  if (code === 'EACCES') return 'no permission to read it';
  return String(error);
}

/** The offset of the deepest node that an issue's path reaches; of the key itself where a key is unknown. */
function offsetOf(document: Document.Parsed, issue: Issue): number {
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys?.[0] : undefined;
  if (unknownKey !== undefined) {
    const parent = issue.path.length === 0 ? document.contents : document.getIn(issue.path, true);
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === unknownKey);
      if (isNode(pair?.key)) return pair.key.range?.[0] ?? 0;
    }
  }
  for (let length = issue.path.length; length > 0; length--) {
    const node: unknown = document.getIn(issue.path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return document.contents?.range[0] ?? 0;
}
