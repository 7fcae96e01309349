import type { PhpToken } from './tokens.ts';

/** Stands for a value that only running the file could tell: a call, a constant, what stands under a condition. */
export const notLiteral: unique symbol = Symbol('not a literal');

/** A value as PHP's own literals write it. */
export type PhpValue = string | number | boolean | null | PhpArray | typeof notLiteral;

/** By key, in order. PHP has whole numbers and their decimal text for one key: as text, all keys can be told apart. */
export type PhpArray = ReadonlyMap<string, PhpValue>;

export type PhpKey = string | typeof notLiteral;

const maximumDepth = 64;
const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '#[': ']', '{': '}' };
const afterValue = [',', ')', ']'];

/** Goes through tokens and reads values; remembers what the expressions mention that it cannot read. */
export class PhpValues {
  readonly #tokens: readonly PhpToken[];
  #at = 0;
  #depth = 0;
  readonly mentionedVariables = new Set<string>();
  /** By `define`, in an expression. */
  readonly mentionedConstants = new Set<string>();

  constructor(tokens: readonly PhpToken[]) {
    this.#tokens = tokens;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): PhpToken | undefined {
    return this.#tokens[this.#at + ahead];
  }

  step(tokens = 1): void {
    this.#at += tokens;
  }

  goBack(at: number): void {
    this.#at = at;
  }

  isMark(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'mark' && token.text === text;
  }

  /** Whether a statement ends here: a block that closes ends the one before it too. */
  ends(ahead = 0): boolean {
    return this.peek(ahead) === undefined || this.isMark(';', ahead) || this.isMark('}', ahead);
  }

  /** @throws SyntaxError beyond 64 levels */
  deeper<T>(read: () => T): T {
    if (++this.#depth > maximumDepth) throw new SyntaxError('nested too deeply');
    const made = read();
    this.#depth--;
    return made;
  }

  /**
   * A value, up to the mark after it.
   * @param stops marks that end it besides `,` and what closes
   * @throws SyntaxError
   */
  value(...stops: readonly string[]): PhpValue {
    const value = this.#literal();
    if (this.#stopsAt(stops)) return value;
    this.skipExpression(...stops);
    return notLiteral;
  }

  /** Goes past an expression, and remembers what it mentions. */
  skipExpression(...stops: readonly string[]): void {
    while (!this.#stopsAt(stops)) {
      if (this.opensBracket()) this.skipBrackets();
      else this.#mention();
    }
  }

  opensBracket(): boolean {
    const token = this.peek();
    return token?.kind === 'mark' && token.text in closerOf;
  }

  /** From an opening bracket past the one that closes it. */
  skipBrackets(): void {
    const open: string[] = [];
    do {
      const token = this.peek();
      if (token === undefined) throw new SyntaxError('a bracket has no end');
      const text = token.kind === 'mark' ? token.text : '';
      const closer = closerOf[text];
      if (closer !== undefined) open.push(closer);
      else if ([')', ']', '}'].includes(text) && open.pop() !== text) throw new SyntaxError('brackets cross');
      this.#mention();
    } while (open.length > 0);
  }

  #stopsAt(stops: readonly string[]): boolean {
    const token = this.peek();
    const text = token?.kind === 'mark' ? token.text : '';
    return this.ends() || afterValue.includes(text) || stops.includes(text);
  }

  #mention(): void {
    const token = this.peek();
    const inCall = this.peek(2);
    if (token?.kind === 'variable') this.mentionedVariables.add(token.name);
    if (token?.kind === 'name' && plainWord(token.text) === 'define' && inCall?.kind === 'string') {
      this.mentionedConstants.add(inCall.value);
    }
    this.step();
  }

  /** Nothing is gone past where it is none. */
  #literal(): PhpValue {
    const token = this.peek();
    switch (token?.kind) {
      case 'string':
        this.step();
        return token.value;
      case 'number':
        this.step();
        return token.value ?? notLiteral;
      case 'name':
        return this.#word(token.text);
      case 'mark':
        if (token.text === '[') return this.#array(']');
        return token.text === '-' || token.text === '+' ? this.#signed(token.text) : notLiteral;
      default:
        return notLiteral;
    }
  }

  #signed(sign: '-' | '+'): PhpValue {
    const token = this.peek(1);
    if (token?.kind !== 'number') return notLiteral;
    this.step(2);
    if (token.value === undefined) return notLiteral;
    return sign === '-' && token.value !== 0 ? -token.value : token.value;
  }

  #word(text: string): PhpValue {
    const word = plainWord(text);
    if (word === 'array' && this.isMark('(', 1)) {
      this.step();
      return this.#array(')');
    }
    if (word === 'true' || word === 'false' || word === 'null') {
      this.step();
      return word === 'null' ? null : word === 'true';
    }
    const after = this.peek(2);
    const isClass = this.isMark('::', 1) && after?.kind === 'name' && after.text.toLowerCase() === 'class';
    // Without its leading backslash the name depends on the file's namespace and imports.
    if (!isClass || !text.startsWith('\\')) return notLiteral;
    this.step(3);
    return text.slice(1);
  }

  /** One with a key that cannot be told is not literal as a whole: any entry may be the one that it replaces. */
  #array(closer: ')' | ']'): PhpValue {
    return this.deeper(() => {
      const entries = new Map<string, PhpValue>();
      let largest: number | undefined;
      let isKnown = true;
      this.step();
      while (!this.isMark(closer)) {
        const { key, value } = this.#entry(largest);
        if (key === notLiteral) isKnown = false;
        else {
          entries.set(key, value);
          if (/^(?:0|-?[1-9]\d*)$/.test(key)) largest = Math.max(largest ?? Number(key), Number(key));
        }
        if (this.isMark(',')) this.step();
        else if (!this.isMark(closer)) throw new SyntaxError('an array has no end');
      }
      this.step();
      return isKnown ? entries : notLiteral;
    });
  }

  /** @param largest the largest whole number among the keys before it */
  #entry(largest: number | undefined): { key: PhpKey; value: PhpValue } {
    const isSpread = this.isMark('...');
    const first = this.value('=>');
    if (!this.isMark('=>')) return { key: isSpread ? notLiteral : nextKey(largest), value: first };
    this.step();
    return { key: keyOf(first), value: this.value() };
  }
}

/** A word that may be written with the backslash of the global namespace, in lower case. */
export function plainWord(text: string): string {
  return text.replace(/^\\/, '').toLowerCase();
}

/** As PHP makes a key of a value (PHP manual, Arrays). */
export function keyOf(value: PhpValue): PhpKey {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isSafeInteger(Math.trunc(value)) ? String(Math.trunc(value)) : notLiteral;
    case 'boolean':
      return value ? '1' : '0';
    default:
      return value === null ? '' : notLiteral;
  }
}

/** The key of an entry that has none. What follows a negative one differs between versions of PHP. */
function nextKey(largest: number | undefined): PhpKey {
  if (largest === undefined) return '0';
  return largest >= 0 && Number.isSafeInteger(largest + 1) ? String(largest + 1) : notLiteral;
}
