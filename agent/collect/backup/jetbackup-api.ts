import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

type Asking = Pick<CollectContext, 'host' | 'signal'>;

/** JetBackup writes booleans as 1 and 0, and nothing for no (JETAPI documentation 5.3, "Basic usage"). */
const Flag = z
  .union([z.boolean(), z.literal([0, 1, '', '0', '1']), z.null()])
  .transform((value) => value === true || value === 1 || value === '1');

const Id = z.string().regex(/^[0-9a-f]{24}$/);

export const Account = z.object({ _id: Id, username: z.string(), orphan: Flag.optional() });
export const Destination = z.object({ _id: Id, disabled: Flag });
export const Backup = z.object({
  _id: Id,
  account_id: Id,
  destination: Id,
  destination_name: z.string(),
  created: z.iso.datetime({ offset: true }).transform((moment) => new Date(moment).toISOString()),
  backup_contains: z.int().min(0),
});

/** Items that are asked for at once, and those that JetBackup gives where it does not listen to that. */
const pageSize = 1000;
const ownPageSize = 100;
const maximumPages = 200;

const Page = z.looseObject({ total: z.int().min(0).optional() });

/**
 * All items of one of JetBackup's lists, page by page. A list that ends before the total that it states is an obstacle:
 * what it left out would look as if it were not there.
 * @param query in the form of a URL's query, with plain values only
 */
export async function listAll<Item extends z.ZodType>(
  asking: Asking,
  { name, key, query = '' }: { name: string; key: string; query?: string },
  item: Item,
): Promise<Reading<z.output<Item>[]>> {
  const what = `jetbackup5api ${name}`;
  const items: z.output<Item>[] = [];
  for (let pages = 0; pages < maximumPages; pages += 1) {
    const answer = await ask(asking, name, `${query}limit=${pageSize}&skip=${items.length}`);
    if (answer.state === 'unreadable') return answer;
    const page = Page.safeParse(answer.value);
    const found = z.array(item).safeParse(page.data?.[key]);
    if (!page.success || !found.success) {
      const detail = z.prettifyError(page.error ?? found.error ?? new z.ZodError([]));
      return unreadable('unparsable', what, detail);
    }
    items.push(...found.data);
    const { total } = page.data;
    if (total !== undefined && items.length >= total) return read(items);
    if (total === undefined && found.data.length < ownPageSize) return read(items);
    if (found.data.length === 0) {
      return total === undefined ? read(items) : unreadable('unparsable', what, `it gave ${items.length} of ${total}`);
    }
  }
  return unreadable('too-large', what);
}

const Answer = z.object({ success: z.literal([1, true]), data: z.unknown() });

async function ask({ host, signal }: Asking, name: string, query: string): Promise<Reading<unknown>> {
  const what = `jetbackup5api ${name}`;
  const answer = await host.run({ file: 'jetbackup5api', args: ['-F', name, '-D', query, '-O', 'json'] }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout } = answer.value;
  if (exitCode !== 0) return unreadable('command-failed', what, `exit code ${exitCode}`);
  let content: unknown;
  try {
    content = JSON.parse(stdout);
  } catch {
    return unreadable('unparsable', what, 'not JSON');
  }
  const parsed = Answer.safeParse(content);
  return parsed.success ? read(parsed.data.data) : unreadable('unparsable', what, 'it did not say that it succeeded');
}
