import { describe, expect, test } from 'vitest';
import { readJson, readJunit } from '../../../collector/pipelines/result.ts';

function junit(text: string) {
  return readJunit(Buffer.from(text));
}

describe('a test report', () => {
  test('passes where tests ran and none failed', () => {
    const suites = `<testsuites tests="3" failures="0"><testsuite name="s" tests="3" timestamp="2026-03-01T10:00:00">
      <testcase name="a"/><testcase name="b"><system-out>x</system-out></testcase><testcase name="c"><skipped/></testcase>
    </testsuite><testsuite tests="0" timestamp="2026-03-01T09:30:00+01:00"/></testsuites>`;
    expect(junit(suites)).toEqual({
      passed: true,
      at: '2026-03-01T08:30:00.000Z',
      summary: 'JUnit: tests 3, failed 0, skipped 1',
    });
  });

  test.each([
    ['a failure', '<testsuite><testcase/><testcase><failure/></testcase></testsuite>'],
    ['an error', '<testsuite><testcase><error message="x"/></testcase></testsuite>'],
    ['a suite that could not begin', '<testsuite tests="0"><error/></testsuite>'],
    ['failures that it only counts', '<testsuite failures="1"><testcase/></testsuite>'],
    ['errors that it only counts', '<testsuites errors="2"><testsuite><testcase/></testsuite></testsuites>'],
    [
      'a failure deep within',
      '<testsuites><testsuite><testsuite><testcase><failure/></testcase></testsuite></testsuite></testsuites>',
    ],
  ])('does not pass with %s', (_, text) => {
    expect(junit(text).passed).toBe(false);
  });

  test.each([
    ['has no tests', '<testsuites/>'],
    ['has an empty suite', '<testsuite tests="0"/>'],
    ['has only tests that did not run', '<testsuite tests="1"><testcase><skipped/></testcase></testsuite>'],
  ])('shows nothing where it %s', (_, text) => {
    expect(() => junit(text)).toThrow(expect.objectContaining({ status: 422, code: 'evidence.empty' }) as Error);
  });

  test.each([
    ['was cut', '<testsuite tests="10"><testcase/></testsuite>'],
    ['counts in words', '<testsuite failures="none"><testcase/></testsuite>'],
    ['counts below nothing', '<testsuite failures="-1"><testcase/></testsuite>'],
    ['is of no time', '<testsuite timestamp="yesterday"><testcase/></testsuite>'],
    ['is another document', '<html><testcase/></html>'],
    ['brings entities', '<!DOCTYPE t [<!ENTITY a "b">]><testsuite><testcase/></testsuite>'],
    ['is JSON', '{"passed": true}'],
  ])('is refused where it %s', (_, text) => {
    expect(() => junit(text)).toThrow(expect.objectContaining({ status: 400, code: 'evidence.form' }) as Error);
  });

  test('is refused where it is no UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('<testsuite><testcase name="'),
      Buffer.from([0xff]),
      Buffer.from('"/></testsuite>'),
    ]);
    expect(() => readJunit(bytes)).toThrow(expect.objectContaining({ code: 'evidence.form' }) as Error);
  });
});

describe("a tool's own result", () => {
  test.each([
    ['{"v":1,"passed":true}', { passed: true, at: null, summary: 'passed' }],
    ['{ "passed": false, "v": 1, "text": "2 of 9" }', { passed: false, at: null, summary: '2 of 9' }],
    [
      '{"v":1,"passed":true,"at":"2026-03-01T10:00:00Z"}',
      { passed: true, at: '2026-03-01T10:00:00Z', summary: 'passed' },
    ],
  ])('is read: %s', (text, expected) => {
    expect(readJson(Buffer.from(text))).toEqual(expected);
  });

  test.each([
    '',
    'true',
    '{"v":1}',
    '{"v":1,"passed":"true"}',
    '{"v":1,"passed":true,"more":1}',
    '{"v":2,"passed":true}',
    '<a/>',
  ])('is refused: "%s"', (text) => {
    expect(() => readJson(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'evidence.form' }) as Error);
  });
});
