import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignedTo, notLiteral, readPhp, type PhpValue } from '../../../agent/collect/php-literal.ts';
import { effortOf } from '../../support/effort.ts';
import { tool } from '../../support/tools.ts';

/** Maps as entries, so that a difference shows; expressions as a word. */
function plain(value: PhpValue | undefined): unknown {
  if (value === notLiteral) return 'not literal';
  if (typeof value !== 'object' || value === null) return value;
  return [...value].map(([key, inner]) => [key, plain(inner)]);
}

function returned(source: string): unknown {
  return plain(readPhp(`<?php return ${source};`).returned);
}

describe('literals', () => {
  test.each([
    [String.raw`'it\'s a \\ and a \n'`, String.raw`it's a \ and a \n`],
    [String.raw`"a \"b\" \$c \n \x41 \101 \u{20AC} \q"`, 'a "b" $c \n A A € \\q'],
    ['"costs $5 and {5}"', 'costs $5 and {5}'],
    ['-12', -12],
    ['0x1F', 31],
    ['0b101', 5],
    ['017', 15],
    ['0o17', 15],
    ['1_000', 1000],
    ['1.5e3', 1500],
    ['TRUE', true],
    [String.raw`\false`, false],
    ['Null', null],
    [String.raw`\TYPO3\CMS\Core\Validator::class`, 'TYPO3\\CMS\\Core\\Validator'],
    [
      "array('a' => [1, 'b',], /* no */ 5 => 'x', 'y', // no\n '7' => 0, 'z')",
      [
        [
          'a',
          [
            ['0', 1],
            ['1', 'b'],
          ],
        ],
        ['5', 'x'],
        ['6', 'y'],
        ['7', 0],
        ['8', 'z'],
      ],
    ],
    ["['a' => 1, 'a' => 2]", [['a', 2]]],
    [
      "[true => 't', null => 'n', 2.9 => 'f']",
      [
        ['1', 't'],
        ['', 'n'],
        ['2', 'f'],
      ],
    ],
  ])('%s', (source, value) => {
    expect(returned(source)).toEqual(value);
  });

  test.each([
    ['a call', "getenv('PASSWORD')"],
    ['two strings joined', "'a' . 'b'"],
    ['a constant', 'DB_NAME'],
    ['a variable in a string', '"a $b"'],
    ['an expression in a string', `"a {$b["c}"]} d"`],
    ['bytes that are no text', String.raw`"\xff"`],
    ['a heredoc', '<<<END\n return "x";\n END'],
    ['a command', '`id`'],
    ['a class of a namespace that is not named', 'Validator::class'],
    ['a whole number beyond what can be held', '9007199254740993'],
    ['an array with a key that is no literal', "[1, KEY => 2, 'a' => 3]"],
    ['an array that takes in another', '[1, ...$more]'],
    ['a key after a negative one, on which versions differ', "[-5 => 'a', 'b']"],
    ['a function', "fn($x) => 'a'"],
    ['a choice', "$x ? 'a' : 'b'"],
  ])('%s is none', (_, source) => {
    expect(returned(source)).toBe('not literal');
  });

  test('an entry that is none leaves the others as they are', () => {
    expect(returned("['a' => 1, 'b' => env('B', [1, 2]), 'c' => fn() => 3, 'd' => 4]")).toEqual([
      ['a', 1],
      ['b', 'not literal'],
      ['c', 'not literal'],
      ['d', 4],
    ]);
  });
});

describe('a file', () => {
  test('in the form of wp-config.php', () => {
    const script = readPhp(`<?php
      /** define('DB_NAME', 'commented'); */
      define( 'DB_NAME', 'shop' ); // define( 'DB_NAME', 'also commented' );
      define('DB_PASSWORD', "p\\"w");
      define('DB_HOST', getenv('HOST'));
      if ( ! defined( 'WP_DEBUG' ) ) { define( 'WP_DEBUG', false ); }
      defined('WP_CACHE') || define('WP_CACHE', true);
      $table_prefix = 'wp_';
      $other['a'][] = 'x';
      require_once ABSPATH . 'wp-settings.php';`);
    expect([...script.constants]).toEqual([
      ['DB_NAME', 'shop'],
      ['DB_PASSWORD', 'p"w'],
      ['DB_HOST', notLiteral],
      ['WP_DEBUG', notLiteral],
      ['WP_CACHE', notLiteral],
    ]);
    expect(assignedTo(script, 'table_prefix')).toBe('wp_');
    expect(assignedTo(script, 'other')).toBe(notLiteral);
    expect(assignedTo(script, 'absent')).toBeUndefined();
    expect(script.assignments.at(-1)).toEqual({ variable: 'other', keys: ['a', notLiteral], value: 'x' });
  });

  test('in the form of ext_emconf.php', () => {
    const script = readPhp(`<?php
      declare(strict_types=1);
      defined('TYPO3') or die();
      $EM_CONF[$_EXTKEY] = ['state' => 'stable', 'constraints' => ['depends' => ['typo3' => '12.4.0-12.4.99']]];`);
    expect(script.assignments).toHaveLength(1);
    expect(script.assignments[0]).toMatchObject({ variable: 'EM_CONF', keys: [notLiteral] });
    expect(plain(script.assignments[0]?.value)).toContainEqual(['state', 'stable']);
  });

  test('with constants in classes', () => {
    const script = readPhp(`<?php
      namespace Joomla\\CMS;
      use Foo\\{Bar, Baz};
      #[Attribute(['x' => 1])]
      final class Version {
        use Magic { a as protected b; }
        public const MAJOR_VERSION = 5, MINOR_VERSION = 1;
        const ?string EXTRA = 'beta' . 1;
        public $x = Other::CONST;
        public static function f($a = ['}']): string { if (1) { return "{$a['}']}"; } }
        protected const string RELDATE = '16-April-2024';
      }`);
    expect([...script.classConstants]).toEqual([
      ['MAJOR_VERSION', 5],
      ['MINOR_VERSION', 1],
      ['EXTRA', notLiteral],
      ['RELDATE', '16-April-2024'],
    ]);
  });

  test.each([
    ['under a condition', "if (f()) $v = '9';"],
    ['in one of two branches', "if (f()): $v = '9'; else: echo 1; endif;"],
    ['twice', "$v = '9'; $v = '8';"],
    ['and then changed', "$v = '9'; $v .= '8';"],
    ['and then taken apart', "$v = '9'; [$v, $w] = f();"],
    ['and given to a function that may change it', "$v = '9'; f($v);"],
    ['together with another', "$v = '9'; $w = $v = f();"],
    ['in a function', "function f() { $v = '9'; } $v = '8'; f();"],
  ])('that sets a variable %s does not tell it', (_, source) => {
    const value = assignedTo(readPhp(`<?php ${source}`), 'v');
    expect(value).toBe(notLiteral);
  });

  test('that returns early says nothing after it', () => {
    const script = readPhp("<?php return ['a' => 1]; $v = '9'; define('A', 1);");
    expect(script.constants.size + script.assignments.length).toBe(0);
    expect(assignedTo(readPhp("<?php exit; $v = '9';"), 'v')).toBeUndefined();
    expect(assignedTo(readPhp("<?php __halt_compiler(); $v = '9';"), 'v')).toBeUndefined();
  });

  test('that returns on a condition does not tell what it returns', () => {
    expect(readPhp("<?php if (f()) { return ['a' => 1]; } return ['a' => 2];").returned).toBe(notLiteral);
    expect(readPhp("<?php if (f()) return; return 'a';").returned).toBe('a');
  });

  test('is read between its tags only', () => {
    const script = readPhp("$v = 'html'; <?php $a = '?>' // ?> $v = 'html'; <? $v = 'short'; <?php\n$b = 2 ?>\n");
    expect(script.assignments.map(({ variable, value }) => [variable, value])).toEqual([
      ['a', '?>'],
      ['b', 2],
    ]);
    expect(readPhp('').returned).toBeUndefined();
  });

  test.each([
    ["'no end", 'a string has no end'],
    ['"no {$end', 'a string has no end'],
    ['/* no end', 'a comment has no end'],
    ['[1, 2;', 'an array has no end'],
    ['f(1]', 'brackets cross'],
    ['f(1', 'a bracket has no end'],
    ['1; } $v = 2', 'a bracket closes that was not opened', 'x'],
    ['['.repeat(100), 'nested too deeply'],
    ['"{$a'.repeat(50), 'strings are nested too deeply'],
    ['<<<END\nno end', 'a heredoc has no end'],
  ])('that is not well-formed is refused: %s', (source, message, before = 'return') => {
    expect(() => readPhp(`<?php ${before} ${source}`)).toThrow(new SyntaxError(message));
  });

  test('that is too long is refused', () => {
    expect(() => readPhp(`<?php ${' '.repeat(2 ** 20)}`)).toThrow(SyntaxError);
  });
});

/** A literal and what it means, in every way of writing. */
const literal = fc.letrec<{ value: [source: string, value: unknown]; array: [source: string, value: unknown] }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.string({ unit: 'binary' }).map((text): [string, unknown] => [singleQuoted(text), text]),
      fc.string().map((text): [string, unknown] => [doubleQuoted(text), text]),
      fc.maxSafeInteger().map((number): [string, unknown] => [String(number), number === 0 ? 0 : number]),
      fc.constantFrom<[string, unknown]>(['true', true], ['FALSE', false], ['null', null]),
      tie('array'),
    ),
    array: fc
      .array(fc.tuple(fc.option(fc.oneof(fc.string(), fc.nat({ max: 9 }))), tie('value')), { maxLength: 5 })
      .chain((entries) =>
        fc
          .constantFrom(['[', ']'] as const, ['array (', ')'] as const)
          .map(([open, close]) => arrayOf(entries, open, close)),
      ),
  }),
);

function singleQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

function doubleQuoted(text: string): string {
  return `"${text.replace(/[\\"$]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function arrayOf(
  entries: readonly [string | number | null, [string, unknown]][],
  open: string,
  close: string,
): [string, unknown] {
  const map = new Map<string, unknown>();
  let next = 0;
  for (const [key, [, value]] of entries) {
    const name = key === null ? String(next) : String(key);
    if (/^(0|[1-9]\d*)$/.test(name)) next = Math.max(next, Number(name) + 1);
    map.set(name, value);
  }
  const sources = entries.map(([key, [source]]) =>
    key === null ? source : `${typeof key === 'number' ? key : singleQuoted(key)} => ${source}`,
  );
  return [`${open}\n${sources.join(' /* , */,\n')}${close}`, [...map]];
}

describe('whatever the file holds', () => {
  test('what is written as a literal is read as it was meant', () => {
    fc.assert(
      fc.property(literal.value, ([source, value]) => {
        expect(returned(source)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('nothing but SyntaxError comes out of any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...'<?php |?>|<?=|return |$v|=|;|[|]|(|)|{|}|=>|,|"|\'|{$|${|/*|*/|//|#|#[|\n|<<<A\n|\nA|\\'.split('|'),
      ),
      fc.constantFrom(
        'if',
        'else',
        ':',
        'endif',
        'const A',
        'class A',
        'function ',
        'define(',
        '1',
        '...',
        '-',
        '`',
        'exit',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          readPhp(`<?php ${pieces.join('')}`);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    '[',
    '(',
    '{',
    '$a[',
    'if(1)',
    'a\\',
    '"{$',
    "'\\",
    '1',
    '-',
    'fn()=>',
    '$a=',
    "define('a',",
    'class a{',
    '<<<a\n',
    '#[',
    '\\',
  ])('a mebibyte of %j takes no long time', (piece) => {
    const effort = effortOf(() => {
      try {
        readPhp(`<?php ${piece.repeat((2 ** 20 - 6) / piece.length)}`);
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    });
    expect(effort).toBeLessThan(3000);
  });
});

const php = tool('php8.2');

describe.skipIf(php === undefined)('PHP itself', () => {
  /** What PHP makes of files that return something; false for what does not compile. */
  function ask(sources: readonly string[]): unknown[] {
    const script = `
      function show($value) {
        if (!is_array($value)) return $value;
        return array_map(fn($key, $inner) => [strval($key), show($inner)], array_keys($value), $value);
      }
      $answers = [];
      foreach (json_decode(stream_get_contents(STDIN)) as $source) {
        try { $answers[] = ['value' => show(eval($source))]; } catch (\\Throwable $error) { $answers[] = false; }
      }
      echo json_encode($answers, JSON_PRESERVE_ZERO_FRACTION | JSON_UNESCAPED_UNICODE);`;
    const input = JSON.stringify(sources);
    return JSON.parse(
      execFileSync(php ?? '', ['-n', '-d', 'display_errors=0', '-r', script], { input, encoding: 'utf8' }),
    ) as unknown[];
  }

  test('reads the same literals', () => {
    const samples = fc.sample(literal.value, { numRuns: 300, seed: 7 });
    const answers = ask(samples.map(([source]) => `return ${source};`));
    expect(answers).toEqual(samples.map(([source]) => ({ value: returned(source) })));
  });

  test('makes the same of escapes, numbers and keys', () => {
    const sources = [
      ...Array.from({ length: 95 }, (_, code) => `'\\${String.fromCharCode(code + 32)}1'`),
      ...Array.from({ length: 95 }, (_, code) => `"\\${String.fromCharCode(code + 32)}1"`),
      ...['0', '00', '017', '0b11', '0x1f', '0O17', '1_0', '.5', '5.', '1e3', '1.5E-3', '- 5', '+5', '0.0', '08'],
      ...["['01' => 1, 2]", "['-0' => 1, 2]", "['-3' => 1]", "[1.9 => 'a', 'b']", "['9' => 1, 2]", "[' 9' => 1, 2]"],
    ];
    const answers = ask(sources.map((source) => `return ${source};`));
    const differing = sources.filter((source, index) => {
      const ours = ((): unknown => {
        try {
          return returned(source);
        } catch {
          return 'not literal';
        }
      })();
      return ours !== 'not literal' && JSON.stringify({ value: ours }) !== JSON.stringify(answers[index]);
    });
    expect(differing).toEqual([]);
  });
});
