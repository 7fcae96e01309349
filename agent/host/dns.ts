import { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import { read, unreadable, type Reading, type Unreadable } from '../../policies/reading.ts';
import type { CaaAnswer, CaaRecord } from './host.ts';

/** Seconds for one server's answer, and for all servers together. */
const perServer = 3;
const inAll = 10;
const maximumRecords = 100;
const maximumLength = 1000;

/**
 * What Node.js makes of a record: an object with the tag as a key. A tag that has the name of another key of it
 * overwrites that one; such a record has no form here.
 */
const Answered = z
  .object({ critical: z.int(), type: z.literal('CAA') })
  .catchall(z.string().max(maximumLength))
  .transform(({ critical, type: _, ...properties }, context): CaaRecord => {
    const [property, ...more] = Object.entries(properties);
    if (property === undefined || more.length > 0) {
      context.addIssue('expected one tag');
      return z.NEVER;
    }
    const [tag, value] = property;
    // Bit 0 is the highest one (RFC 8659 4.1).
    return { critical: critical >= 128, tag: tag.toLowerCase(), value };
  });

/** Asks DNS for the CAA records of one name: {@link Host.caaRecords}, with a resolver of its own and no memory. */
export async function askCaa(
  name: string,
  { resolvers, signal }: { resolvers?: readonly string[]; signal?: AbortSignal },
): Promise<Reading<CaaAnswer>> {
  const what = `DNS (CAA of ${name})`;
  const deadline = AbortSignal.any([AbortSignal.timeout(inAll * 1000), ...(signal === undefined ? [] : [signal])]);
  if (deadline.aborted) return unreadable('timeout', what);
  const resolver = new Resolver({ timeout: perServer * 1000, tries: 2 });
  const cancel = (): void => resolver.cancel();
  deadline.addEventListener('abort', cancel, { once: true });
  try {
    if (resolvers !== undefined) resolver.setServers(resolvers);
    return readAnswer(await resolver.resolveCaa(name), what);
  } catch (error) {
    return answerOfError(error, what);
  } finally {
    deadline.removeEventListener('abort', cancel);
  }
}

function readAnswer(answered: readonly unknown[], what: string): Reading<CaaAnswer> {
  if (answered.length === 0) return read({ found: 'none' });
  if (answered.length > maximumRecords) return unreadable('too-large', what);
  const records = z.array(Answered).safeParse(answered);
  if (!records.success) return unreadable('unparsable', what, 'a record of another form');
  const sorted = records.data.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return read({ found: 'records', records: sorted });
}

function sortKey({ critical, tag, value }: CaaRecord): string {
  return `${tag}\0${value}\0${critical ? '1' : '0'}`;
}

/** Node.js throws what is an answer to us: NODATA and NXDOMAIN (RFC 2308 2). All else is none. */
function answerOfError(error: unknown, what: string): Reading<CaaAnswer> | Unreadable {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENODATA':
      return read({ found: 'none' });
    case 'ENOTFOUND':
      return read({ found: 'no-such-name' });
    case 'ETIMEOUT':
    case 'ECANCELLED':
      return unreadable('timeout', what);
    case 'ECONNREFUSED':
      return unreadable('unreachable', what, code);
    default:
      return unreadable('command-failed', what, code.replace(/^E/, ''));
  }
}
