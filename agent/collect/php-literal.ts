import { phpTokens } from './php/tokens.ts';
import { keyOf, notLiteral, PhpValues, plainWord, type PhpKey, type PhpValue } from './php/values.ts';

export { notLiteral, type PhpArray, type PhpKey, type PhpValue } from './php/values.ts';

/** `$variable[key][key] = value;` */
export interface PhpAssignment {
  readonly variable: string;
  readonly keys: readonly PhpKey[];
  readonly value: PhpValue;
}

/** What a PHP file says in literals. Names keep their case; what the file does not mention is not there. */
export interface PhpScript {
  readonly returned: PhpValue | undefined;
  /** From `define` and, outside classes, `const`. */
  readonly constants: ReadonlyMap<string, PhpValue>;
  /** Of whatever classes the file declares. */
  readonly classConstants: ReadonlyMap<string, PhpValue>;
  /** In their order. */
  readonly assignments: readonly PhpAssignment[];
}

const maximumLength = 2 ** 20;

/**
 * Reads what a PHP file says in literals: settings such as TYPO3's (`return [...]`) and WordPress's (`define(...)`,
 * `$x = ...`), and versions in class constants. Nothing is run.
 *
 * Literals are strings in single quotes, or in double ones without variables; numbers, `true`, `false`, `null`; arrays of
 * literals; and `\Name\Of\A::class`. Anything else is `notLiteral`, and so is what stands under a condition or is said
 * twice. What included files, `eval` and references make of it cannot be seen.
 *
 * @throws SyntaxError where brackets, strings or statements are not well-formed, where it is nested more than 64 deep,
 *   and beyond a mebibyte
 *
 * @example
 *   readPhp("<?php define('DB_NAME', 'shop');").constants.get('DB_NAME'); // 'shop'
 */
export function readPhp(text: string): PhpScript {
  if (text.length > maximumLength) throw new SyntaxError(`longer than ${maximumLength} characters`);
  return new PhpReader(new PhpValues(phpTokens(text))).read();
}

/**
 * What a file gives a variable in one assignment: `notLiteral` where it does so in several, or by key; undefined where
 * it gives it nothing.
 */
export function assignedTo(script: PhpScript, variable: string): PhpValue | undefined {
  const [first, ...others] = script.assignments.filter((assignment) => assignment.variable === variable);
  if (first === undefined) return undefined;
  return others.length === 0 && first.keys.length === 0 ? first.value : notLiteral;
}

const controls = ['if', 'elseif', 'else', 'while', 'for', 'foreach', 'switch', 'try', 'catch', 'finally', 'do'].concat(
  'declare',
);
const endings = ['endif', 'endwhile', 'endfor', 'endforeach', 'endswitch', 'enddeclare'];
const classWords = ['abstract', 'final', 'readonly', 'class', 'interface', 'trait', 'enum'];

class PhpReader {
  readonly #code: PhpValues;
  /** The rest of the file does not run. */
  #hasEnded = false;
  #returned: PhpValue | undefined;
  readonly #constants = new Map<string, PhpValue>();
  readonly #classConstants = new Map<string, PhpValue>();
  readonly #assignments: PhpAssignment[] = [];

  constructor(code: PhpValues) {
    this.#code = code;
  }

  read(): PhpScript {
    while (!this.#code.isAtEnd && !this.#hasEnded) this.#statement(true);
    for (const name of this.#code.mentionedConstants) this.#constants.set(name, notLiteral);
    return {
      returned: this.#returned,
      constants: this.#constants,
      classConstants: this.#classConstants,
      // What an expression does to a variable that it mentions cannot be told.
      assignments: this.#assignments.map((assignment) =>
        this.#code.mentionedVariables.has(assignment.variable) ? { ...assignment, value: notLiteral } : assignment,
      ),
    };
  }

  /** @param isCertain whether it runs whenever the file does */
  #statement(isCertain: boolean): void {
    const code = this.#code;
    const token = code.peek();
    if (code.isMark(';')) code.step();
    else if (code.isMark('{')) this.#block(isCertain);
    else if (code.isMark('#[')) code.skipBrackets();
    else if (token?.kind === 'variable' && this.#assignment(isCertain)) return;
    else if (token?.kind === 'name' && this.#worded(plainWord(token.text), isCertain)) return;
    else this.#other();
  }

  /** A statement that begins with a word; whether it is one that is understood. */
  #worded(word: string, isCertain: boolean): boolean {
    if (controls.includes(word)) this.#controlled(word);
    else if (endings.includes(word)) this.#code.step();
    else if (word === 'namespace') this.#namespace(isCertain);
    else if (classWords.includes(word)) return this.#class(isCertain);
    else if (word === 'const') this.#constantList(this.#constants, isCertain);
    else if (word === 'define') return this.#define(isCertain);
    else if (word === 'return') this.#return(isCertain);
    else if (word === 'function') this.#function();
    else if (isCertain && (word === 'exit' || word === 'die')) this.#hasEnded = true;
    else return false;
    return true;
  }

  /** One that is not understood: what it mentions can no longer be told. */
  #other(): void {
    const from = this.#code.at;
    this.#code.skipExpression();
    while (this.#code.isMark(',')) {
      this.#code.step();
      this.#code.skipExpression();
    }
    if (this.#code.at === from) throw new SyntaxError('a bracket closes that was not opened');
  }

  #block(isCertain: boolean): void {
    this.#code.step();
    this.#statementsTo(() => this.#code.isMark('}'), isCertain);
  }

  /** Goes past the end too. */
  #statementsTo(isEnd: () => boolean, isCertain: boolean): void {
    this.#code.deeper(() => {
      while (!isEnd() && !this.#hasEnded) {
        if (this.#code.isAtEnd) throw new SyntaxError('a block has no end');
        this.#statement(isCertain);
      }
      this.#code.step();
    });
  }

  /** `if (...) one;`, `if (...) { several; }` and `if (...): several; endif;` */
  #controlled(word: string): void {
    const code = this.#code;
    code.step();
    if (code.isMark('(')) code.skipBrackets();
    if (code.isMark(':')) {
      code.step();
      // They stand within what the `endif` ends.
      if (word !== 'else' && word !== 'elseif') this.#statementsTo(() => this.#isEnding(), false);
    } else if (!code.ends()) {
      code.deeper(() => this.#statement(false));
    }
  }

  #isEnding(): boolean {
    const token = this.#code.peek();
    return token?.kind === 'name' && endings.includes(token.text.toLowerCase());
  }

  #namespace(isCertain: boolean): void {
    this.#code.step();
    if (this.#code.peek()?.kind === 'name') this.#code.step();
    if (this.#code.isMark('{')) this.#block(isCertain);
  }

  /** Whether it is a declaration: the same words may name functions and constants. */
  #class(isCertain: boolean): boolean {
    const code = this.#code;
    if (code.peek(1)?.kind !== 'name') return false;
    while (!code.isMark('{')) {
      if (code.ends()) throw new SyntaxError('a class has no body');
      code.step();
    }
    code.step();
    this.#members(isCertain);
    return true;
  }

  #members(isCertain: boolean): void {
    const code = this.#code;
    while (!code.isMark('}')) {
      const token = code.peek();
      if (token === undefined) throw new SyntaxError('a class has no end');
      const word = token.kind === 'name' ? token.text.toLowerCase() : '';
      if (word === 'const') this.#constantList(this.#classConstants, isCertain);
      else if (word === 'function') this.#function();
      else if (code.isMark('::')) code.step(2);
      else if (code.opensBracket()) code.skipBrackets();
      else code.step();
    }
    code.step();
  }

  /** Its body may run at any time, or never. */
  #function(): void {
    const code = this.#code;
    while (!code.ends() && !code.isMark('{')) {
      if (code.opensBracket()) code.skipBrackets();
      else code.step();
    }
    if (code.isMark('{')) code.skipBrackets();
  }

  /** `const A = 1, B = 2;`, in a class also `const string A = '';` */
  #constantList(into: Map<string, PhpValue>, isCertain: boolean): void {
    const code = this.#code;
    do {
      code.step();
      let name = '';
      while (!code.isMark('=')) {
        const token = code.peek();
        if (token === undefined || code.ends()) throw new SyntaxError('a constant has no value');
        if (token.kind === 'name') name = token.text;
        code.step();
      }
      code.step();
      remember(into, name, code.value(), isCertain);
    } while (code.isMark(','));
  }

  #define(isCertain: boolean): boolean {
    const code = this.#code;
    const from = code.at;
    const name = code.peek(2);
    if (code.isMark('(', 1) && name?.kind === 'string' && code.isMark(',', 3)) {
      code.step(4);
      const value = code.value();
      // Whether case matters could be said up to PHP 7.
      if (code.isMark(',')) {
        code.step();
        code.value();
      }
      if (code.isMark(')') && code.ends(1)) {
        code.step();
        remember(this.#constants, name.value, value, isCertain);
        return true;
      }
    }
    code.goBack(from);
    return false;
  }

  #return(isCertain: boolean): void {
    this.#code.step();
    if (!this.#code.ends()) {
      const value = this.#code.value();
      this.#returned = isCertain && this.#returned === undefined ? value : notLiteral;
    }
    this.#hasEnded = isCertain;
  }

  /** Whether it is one, with nothing else in the statement. */
  #assignment(isCertain: boolean): boolean {
    const code = this.#code;
    const from = code.at;
    const token = code.peek();
    code.step();
    const keys: PhpKey[] = [];
    while (code.isMark('[')) {
      code.step();
      keys.push(code.isMark(']') ? notLiteral : keyOf(code.value()));
      if (!code.isMark(']')) break;
      code.step();
    }
    if (token?.kind === 'variable' && token.name !== '' && code.isMark('=')) {
      code.step();
      const value = code.value();
      if (code.ends()) {
        this.#assignments.push({ variable: token.name, keys, value: isCertain ? value : notLiteral });
        return true;
      }
    }
    code.goBack(from);
    return false;
  }
}

function remember(into: Map<string, PhpValue>, name: string, value: PhpValue, isCertain: boolean): void {
  into.set(name, isCertain && !into.has(name) ? value : notLiteral);
}
