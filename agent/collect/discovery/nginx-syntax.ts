/** One directive of nginx: its name, its arguments, and the directives in its braces where it has some. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/** Deeper than any configuration that a person writes. */
const maximumDepth = 64;

// A word may hold a quote, a `#` or `${name}`, but not begin with a quote or a `#`.
const token =
  /[ \t\r\n]+|#[^\n]*|([;{}])|"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|((?:\$\{[^}\n]*\}|\\[\s\S]|[^\s;{}\\])+)/y;

/**
 * Reads one configuration file of nginx (http://nginx.org/en/docs/beginners_guide.html#conf_structure). Code in Lua
 * blocks is passed over.
 * @throws SyntaxError where it is not in that form
 */
export function parseNginx(text: string): Directive[] {
  const top: Directive[] = [];
  const open: { name: string; args: string[]; outside: Directive[] }[] = [];
  let current = top;
  let words: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new SyntaxError(`unexpected "${text.slice(at, at + 20)}"`);
    const [, mark, double, single, bare] = match;
    const word = double ?? single ?? bare;
    if (word !== undefined) words.push(word.includes('\\') ? unescape(word) : word);
    if (mark === undefined) continue;
    const [name, ...args] = words;
    words = [];
    if (mark === ';') {
      if (name !== undefined) current.push({ name, args });
    } else if (mark === '}') {
      const outer = open.pop();
      if (outer === undefined || name !== undefined) throw new SyntaxError('unexpected "}"');
      outer.outside.push({ name: outer.name, args: outer.args, block: current });
      current = outer.outside;
    } else {
      if (name === undefined) throw new SyntaxError('unexpected "{"');
      if (name.endsWith('_by_lua_block')) {
        token.lastIndex = endOfLua(text, token.lastIndex);
        continue;
      }
      if (open.length === maximumDepth) throw new SyntaxError('too many blocks in each other');
      open.push({ name, args, outside: current });
      current = [];
    }
  }
  if (open.length > 0 || words.length > 0) throw new SyntaxError('unexpected end of file');
  return top;
}

function unescape(word: string): string {
  return word.replace(/\\(["'\\ trn])/g, (_, letter: string) => ({ t: '\t', r: '\r', n: '\n' })[letter] ?? letter);
}

/** The place behind the brace that closes a block of Lua; braces in its strings and comments are none. */
function endOfLua(text: string, from: number): number {
  const piece = /--\[\[[\s\S]*?\]\]|--[^\n]*|\[\[[\s\S]*?\]\]|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[{}]/g;
  piece.lastIndex = from;
  let depth = 1;
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    if (match[0] === '{') depth++;
    if (match[0] === '}' && --depth === 0) return piece.lastIndex;
  }
  throw new SyntaxError('a block of Lua does not end');
}
