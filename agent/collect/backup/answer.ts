import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';

/**
 * What a tool printed as JSON, in the form that is expected of it.
 * @param what the answer's name in the obstacle
 */
export function parseAnswer<Form extends z.ZodType>(text: string, what: string, form: Form): Reading<z.output<Form>> {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return unreadable('unparsable', what, 'not JSON');
  }
  const parsed = form.safeParse(answer);
  return parsed.success ? read(parsed.data) : unreadable('unparsable', what, z.prettifyError(parsed.error));
}
