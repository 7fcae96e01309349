import {
  returnCodes,
  type Action,
  type Control,
  type ReturnCode,
} from '../../../policies/checks/password-policy/pam-rules.ts';

/** The four kinds of rules; libpam takes capitals for small letters. */
export type RuleType = 'auth' | 'account' | 'password' | 'session';

/** A line of a service's file (pam.conf(5)). */
export type PamLine =
  | {
      readonly is: 'rule';
      readonly type: RuleType;
      readonly control: Control;
      readonly path: string;
      readonly args: readonly string[];
    }
  /** `@include FILE` (Debian) takes the rules of every type. */
  | {
      readonly is: 'include';
      readonly type: RuleType | 'any';
      readonly isSubstack: boolean;
      readonly path: string | undefined;
    }
  /** Kept, and failing when it is reached; without a type where that is not to be told. */
  | { readonly is: 'broken'; readonly type: RuleType | undefined };

/** As libpam reads a file: comments begin anywhere, a backslash at the end goes on in the next line. */
export function parsePamFile(text: string): PamLine[] {
  return logicalLines(text).map((line) => parseLine(tokens(line)));
}

function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^[ \t]+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const [code = ''] = line.split('#');
    const isContinued = code === line && /\\[ \t]*$/.test(line);
    begun += isContinued ? line.replace(/\\[ \t]*$/, ' ') : code;
    if (isContinued) continue;
    lines.push(begun);
    begun = '';
  }
  return lines;
}

/** Words between blanks; one that begins with `[` ends with the first `]` that no backslash stands before. */
function tokens(line: string): string[] {
  return [...line.matchAll(/\[((?:\\\]|[^\]])*)\]?|[^ \t]+/g)].map(([word, inner]) =>
    inner === undefined ? word : `[${inner.replaceAll('\\]', ']')}`,
  );
}

const types: readonly string[] = ['auth', 'account', 'password', 'session'];

function parseLine([typeWord = '', controlWord, path, ...args]: string[]): PamLine {
  // A hyphen keeps the log quiet where the module is missing, and changes nothing else.
  const type = typeWord.toLowerCase().replace(/^-/, '');
  if (type === '@include') return { is: 'include', type: 'any', isSubstack: false, path: controlWord };
  if (!isType(type)) return { is: 'broken', type: undefined };
  const keyword = controlWord?.toLowerCase();
  if (keyword === 'include' || keyword === 'substack') {
    return { is: 'include', type, isSubstack: keyword === 'substack', path };
  }
  if (controlWord === undefined || path === undefined) return { is: 'broken', type };
  return { is: 'rule', type, control: parseControl(controlWord), path: path.replace(/^\[/, ''), args };
}

function isType(word: string): word is RuleType {
  return types.includes(word);
}

const keywords: Readonly<Record<string, Control>> = {
  required: { on: { success: 'ok', new_authtok_reqd: 'ok', ignore: 'ignore' }, otherwise: 'bad' },
  requisite: { on: { success: 'ok', new_authtok_reqd: 'ok', ignore: 'ignore' }, otherwise: 'die' },
  sufficient: { on: { success: 'done', new_authtok_reqd: 'done' }, otherwise: 'ignore' },
  optional: { on: { success: 'ok', new_authtok_reqd: 'ok' }, otherwise: 'ignore' },
};

/** Every answer counts as a failure where the control is not understood. */
export const failing: Control = { on: {}, otherwise: 'bad' };

function parseControl(word: string): Control {
  const keyword = keywords[word.toLowerCase()];
  if (keyword !== undefined) return keyword;
  const text = word.replace(/^\[/, '').trim();
  const pairs = [...text.matchAll(/\s*([a-z_]+)\s*=\s*(ok|done|bad|die|ignore|reset|[0-9]+)/gy)];
  const isWhole = pairs.reduce((length, [pair]) => length + pair.length, 0) === text.length;
  if (!isWhole) return failing;
  const on: Partial<Record<ReturnCode, Action>> = {};
  let otherwise: Action | undefined;
  for (const [, name = '', written = ''] of pairs) {
    const action = toAction(written);
    if (action === undefined || (name !== 'default' && !isCode(name))) return failing;
    // A default fills in what no pair before it named, and a pair behind it counts all the same.
    if (name === 'default') otherwise ??= action;
    else if (isCode(name)) on[name] = action;
  }
  return { on: sorted(on), otherwise: otherwise ?? 'bad' };
}

function toAction(written: string): Action | undefined {
  if (!/^[0-9]/.test(written)) return written as Action;
  const count = Number(written);
  return count > 0 && count < 1_000_000 ? count : undefined;
}

function isCode(name: string): name is ReturnCode {
  return (returnCodes as readonly string[]).includes(name);
}

function sorted(on: Partial<Record<ReturnCode, Action>>): Control['on'] {
  return Object.fromEntries(returnCodes.flatMap((code) => (on[code] === undefined ? [] : [[code, on[code]]])));
}
