import type { Request } from 'express';
import { Problem } from '../problem.ts';

/**
 * A number in a request's query; undefined where it is not given.
 * @throws Problem `http.query`
 */
export function wholeNumber(request: Request, name: string): number | undefined {
  const text = request.query[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (typeof text === 'string' && text !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new Problem(400, 'http.query', `${name}: expected a whole number of 0 or more`);
}
