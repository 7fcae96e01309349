import { z } from 'zod';
import { parseJson } from '../../evidence/json.ts';
import { Moment } from '../../policies/quantities.ts';
import { Problem } from '../problem.ts';
import { parseXml, XmlError, type Element } from './xml.ts';

/** What a tool says came of its work. */
export interface PipelineResult {
  readonly passed: boolean;
  /** When, by its own word; null where it does not say. */
  readonly at: string | null;
  /** In words, for who looks it up. */
  readonly summary: string;
}

const Report = z.strictObject({
  v: z.literal(1),
  passed: z.boolean(),
  at: Moment.optional(),
  text: z.string().min(1).max(10_000).optional(),
});

/**
 * Reads a result of the tool's own.
 * @throws Problem `evidence.form`
 */
export function readJson(body: Buffer): PipelineResult {
  const report = Report.safeParse(parseJson(body));
  if (!report.success) {
    const [issue] = report.error.issues;
    const why = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
    throw unread(`expected {"v": 1, "passed": true or false, "at"?, "text"?}: ${why}`);
  }
  const { passed, at = null, text = passed ? 'passed' : 'failed' } = report.data;
  return { passed, at, summary: text };
}

/**
 * Reads a test report in the form of JUnit. It passes where tests ran and none failed, by the tests that are in it and by
 * what it says of them itself: where the two differ, it is refused.
 * @throws Problem `evidence.form`, `evidence.empty`
 */
export function readJunit(body: Buffer): PipelineResult {
  const root = parse(body);
  if (root.name !== 'testsuites' && root.name !== 'testsuite') throw unread(`<${root.name}> is no <testsuites>`);
  const elements = [...descendants(root)];
  const cases = elements.filter(({ name }) => name === 'testcase');
  const skipped = cases.filter((one) => one.children.some(({ name }) => name === 'skipped')).length;
  const failed = elements.filter(hasFailure).length;
  for (const suite of elements.filter(({ name }) => name === 'testsuite' || name === 'testsuites')) {
    assertCounted(suite);
  }
  const claimed = elements.reduce((sum, one) => sum + counted(one, 'failures') + counted(one, 'errors'), 0);
  const ran = cases.length - skipped;
  const isFailing = failed > 0 || claimed > 0;
  if (ran === 0 && !isFailing) throw new Problem(422, 'evidence.empty', 'no test ran, so it shows nothing');
  return {
    passed: !isFailing,
    at: earliest(elements),
    summary: `JUnit: tests ${cases.length}, failed ${Math.max(failed, claimed)}, skipped ${skipped}`,
  };
}

function parse(body: Buffer): Element {
  try {
    return parseXml(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw unread(error instanceof XmlError ? error.message : 'it is no UTF-8');
  }
}

function* descendants(element: Element): Iterable<Element> {
  yield element;
  for (const child of element.children) yield* descendants(child);
}

/** Of a test, or of a suite that could not even begin. */
function hasFailure({ children }: Element): boolean {
  return children.some(({ name }) => name === 'failure' || name === 'error' || name === 'rerunFailure');
}

/** A report that was cut, or put together wrongly, shows nothing. */
function assertCounted(suite: Element): void {
  const inIt = [...descendants(suite)].filter(({ name }) => name === 'testcase').length;
  const claimed = suite.attributes.has('tests') ? counted(suite, 'tests') : inIt;
  if (claimed > inIt) throw unread(`<${suite.name}> says that it has ${claimed} tests, and has ${inIt}`);
}

function counted({ name, attributes }: Element, attribute: string): number {
  const text = attributes.get(attribute);
  if (text === undefined || (name !== 'testsuite' && name !== 'testsuites')) return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw unread(`<${name} ${attribute}="${text.slice(0, 20)}">: expected a number`);
}

/** JUnit has no zone: UTC is meant where none is named. */
function earliest(elements: readonly Element[]): string | null {
  const moments = elements.flatMap(({ attributes }) => {
    const text = attributes.get('timestamp');
    if (text === undefined) return [];
    const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
    const moment = Date.parse(zoned);
    if (Number.isNaN(moment)) throw unread(`timestamp="${text.slice(0, 40)}" is no moment of ISO 8601`);
    return [moment];
  });
  return moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString();
}

function unread(why: string): Problem {
  return new Problem(400, 'evidence.form', `this is not read as evidence: ${why}`);
}
