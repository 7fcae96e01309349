/** A token of PHP, as far as a reader of literals needs to tell tokens apart. */
export type PhpToken =
  | { readonly kind: 'string'; readonly value: string }
  /** Undefined where JavaScript cannot hold the number exactly. */
  | { readonly kind: 'number'; readonly value: number | undefined }
  /** Without its `$`; empty for a variable that an expression names. */
  | { readonly kind: 'variable'; readonly name: string }
  /** A keyword, a constant, a function or a class, with its namespace. */
  | { readonly kind: 'name'; readonly text: string }
  /** A text that is made when the file runs: a string with variables in it, a heredoc, a command in backticks. */
  | { readonly kind: 'made' }
  | { readonly kind: 'mark'; readonly text: string };

const maximumNesting = 32;
const letter = 'A-Za-z_\\u0080-\\uffff';
const startsName = new RegExp(`[${letter}]`);
const simpleName = new RegExp(`[${letter}][${letter}0-9]*`, 'y');
const qualifiedName = new RegExp(`\\\\?[${letter}][${letter}0-9\\\\]*`, 'y');
const numeral =
  /0x[\da-f][\da-f_]*|0b[01][01_]*|0o[0-7][0-7_]*|(?:\d[\d_]*)?\.\d[\d_]*(?:e[+-]?\d+)?|\d[\d_]*(?:\.(?!\.))?(?:e[+-]?\d+)?/iy;

/** Those that begin like another one, the longest first. */
const marks = ['===', '!==', '<=>', '??=', '...', '**=', '<<=', '>>=', '?->']
  .concat(['==', '!=', '<=', '>=', '=>', '->', '::', '??', '&&', '||', '++', '--', '<<', '>>', '**', '#['])
  .concat(['+=', '-=', '*=', '/=', '.=', '%=', '&=', '|=', '^=']);
const longMark = new RegExp(marks.map(RegExp.escape).join('|'), 'y');
const space = /[ \t\r\n]+/y;
const plainQuoted = /[^'\\]*/y;

/**
 * The tokens of a PHP file (PHP manual: Basic syntax, Strings, Integers), in time that grows with its length only: who
 * owns the file may mean harm.
 *
 * @throws SyntaxError where a string or a comment has no end
 */
export function phpTokens(text: string): PhpToken[] {
  return new Tokenizer(text).all();
}

class Tokenizer {
  readonly #text: string;
  #at = 0;
  #nesting = 0;

  constructor(text: string) {
    this.#text = text;
  }

  all(): PhpToken[] {
    const tokens: PhpToken[] = [];
    this.#skipToPhp(tokens);
    while (this.#at < this.#text.length) {
      if (this.#skipSpace()) continue;
      if (this.#text.startsWith('?>', this.#at)) {
        tokens.push({ kind: 'mark', text: ';' });
        this.#skipToPhp(tokens);
        continue;
      }
      const token = this.#token();
      // What follows is data.
      if (token.kind === 'name' && token.text.toLowerCase() === '__halt_compiler') break;
      tokens.push(token);
    }
    return tokens;
  }

  /** `<?` alone opens PHP only where a server is set so; here it does not. */
  #skipToPhp(tokens: PhpToken[]): void {
    const opening = /<\?(?:php(?=\s|$)|=)/gi;
    opening.lastIndex = this.#at;
    const found = opening.exec(this.#text);
    this.#at = found === null ? this.#text.length : opening.lastIndex;
    if (found?.[0] === '<?=') tokens.push({ kind: 'name', text: 'echo' });
  }

  /** Whether there was white space or a comment. */
  #skipSpace(): boolean {
    const from = this.#at;
    this.#match(space);
    const first = this.#text[this.#at];
    if (first !== '/' && first !== '#') return this.#at > from;
    const isLine = first === '#' && this.#text[this.#at + 1] !== '[';
    if (this.#text.startsWith('/*', this.#at)) {
      const end = this.#text.indexOf('*/', this.#at + 2);
      if (end === -1) throw new SyntaxError('a comment has no end');
      this.#at = end + 2;
    } else if (isLine || this.#text.startsWith('//', this.#at)) {
      const end = /[\r\n]|\?>/g;
      end.lastIndex = this.#at;
      this.#at = end.exec(this.#text)?.index ?? this.#text.length;
    }
    return this.#at > from;
  }

  #token(): PhpToken {
    const first = this.#text[this.#at] ?? '';
    if (first === "'") return this.#singleQuoted();
    if (first === '"' || first === '`') return this.#doubleQuoted(first);
    if (first === '<' && this.#skipHeredoc()) return { kind: 'made' };
    if (first === '$') {
      this.#at++;
      return { kind: 'variable', name: this.#match(simpleName) ?? '' };
    }
    const name = this.#match(qualifiedName);
    if (name !== undefined) return { kind: 'name', text: name };
    const number = this.#match(numeral);
    if (number !== undefined) return { kind: 'number', value: numberOf(number) };
    const mark = this.#match(longMark);
    if (mark === undefined) this.#at++;
    return { kind: 'mark', text: mark ?? first };
  }

  #match(pattern: RegExp): string | undefined {
    const from = this.#at;
    pattern.lastIndex = from;
    if (!pattern.test(this.#text)) return undefined;
    this.#at = pattern.lastIndex;
    return this.#text.slice(from, this.#at);
  }

  /** Only `\\` and `\'` mean something else than they say. */
  #singleQuoted(): PhpToken {
    const from = ++this.#at;
    for (this.#match(plainQuoted); this.#text[this.#at] !== "'"; this.#match(plainQuoted)) {
      if (this.#at >= this.#text.length) throw new SyntaxError('a string has no end');
      // A backslash, and what stands behind it.
      this.#at += 2;
    }
    const inner = this.#text.slice(from, this.#at++);
    return { kind: 'string', value: inner.includes('\\') ? inner.replace(/\\([\\'])/g, '$1') : inner };
  }

  #doubleQuoted(quote: '"' | '`'): PhpToken {
    const from = ++this.#at;
    let isMade = quote === '`';
    for (; this.#text[this.#at] !== quote; this.#at++) {
      if (this.#at >= this.#text.length) throw new SyntaxError('a string has no end');
      if (this.#text[this.#at] === '\\') {
        this.#at++;
      } else if (this.#text.startsWith('{$', this.#at) || this.#text.startsWith('${', this.#at)) {
        isMade = true;
        this.#skipBraces();
      } else if (this.#text[this.#at] === '$' && startsName.test(this.#text[this.#at + 1] ?? '')) {
        isMade = true;
      }
    }
    const inner = this.#text.slice(from, this.#at++);
    const value = isMade ? undefined : unescaped(inner);
    return value === undefined ? { kind: 'made' } : { kind: 'string', value };
  }

  /** Goes to the brace that closes an expression in a string: there may be strings in it again. */
  #skipBraces(): void {
    if (++this.#nesting > maximumNesting) throw new SyntaxError('strings are nested too deeply');
    this.#at = this.#text.indexOf('{', this.#at) + 1;
    for (let depth = 1; depth > 0;) {
      if (this.#skipSpace()) continue;
      if (this.#at >= this.#text.length) throw new SyntaxError('a string has no end');
      const token = this.#token();
      if (token.kind === 'mark' && token.text === '{') depth++;
      if (token.kind === 'mark' && token.text === '}') depth--;
    }
    // The loop around this one steps past the last character itself.
    this.#at--;
    this.#nesting--;
  }

  /** Whether there was one. */
  #skipHeredoc(): boolean {
    const opening = new RegExp(`<<<[ \\t]*(["']?)([${letter}][${letter}0-9]*)\\1\\r?\\n`, 'y');
    opening.lastIndex = this.#at;
    const label = opening.exec(this.#text)?.[2];
    if (label === undefined) return false;
    const closing = new RegExp(`^[ \\t]*${label}(?![${letter}0-9])`, 'gm');
    closing.lastIndex = opening.lastIndex;
    if (closing.exec(this.#text) === null) throw new SyntaxError('a heredoc has no end');
    this.#at = closing.lastIndex;
    return true;
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  e: '\u001b',
  f: '\f',
  '\\': '\\',
  $: '$',
  '"': '"',
};

/** Undefined where escapes make bytes beyond ASCII: a text cannot hold them as they are. */
function unescaped(inner: string): string | undefined {
  if (!inner.includes('\\')) return inner;
  let beyond = 0;
  const value = inner.replace(
    /\\(?:u\{([\dA-Fa-f]+)\}|[xX]([\dA-Fa-f]{1,2})|([0-7]{1,3})|([\s\S]))/g,
    (whole, point?: string, hex?: string, octal?: string, simple?: string) => {
      if (simple !== undefined) return simpleEscapes[simple] ?? whole;
      const code = octal === undefined ? parseInt(point ?? hex ?? '', 16) : parseInt(octal, 8);
      const isSurrogate = code >= 0xd800 && code <= 0xdfff;
      if (isSurrogate || code > (point === undefined ? 0x7f : 0x10ffff)) beyond++;
      return beyond === 0 ? String.fromCodePoint(code) : '';
    },
  );
  return beyond === 0 ? value : undefined;
}

/** `0x1F`, `0b11`, `017`, `0o17`, `1_000`, `1.5e3`. */
function numberOf(text: string): number | undefined {
  const plain = text.replaceAll('_', '').toLowerCase();
  const isOctal = /^0\d+$/.test(plain);
  if (isOctal && !/^[0-7]+$/.test(plain)) return undefined;
  const value = isOctal ? parseInt(plain, 8) : Number(plain);
  const isWhole = !/[.e]/.test(plain) || plain.startsWith('0x');
  return Number.isFinite(value) && (!isWhole || Number.isSafeInteger(value)) ? value : undefined;
}
