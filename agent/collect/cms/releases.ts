import { z } from 'zod';
import { Product, Version, type Release, type Releases } from '../../../policies/checks/cms/facts.ts';
import { branchOf } from '../../../policies/checks/cms/version.ts';
import { Moment } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const maximumSize = 8 * 2 ** 20;

/** A list of releases (docs/checks/cms.md). */
export const ReleaseList = z.strictObject({
  format: z.literal('waarborg-cms-releases-1'),
  /** When the makers were asked. */
  dated: Moment,
  products: z.partialRecord(
    Product,
    z
      .array(z.strictObject({ version: Version, released: z.iso.date(), extended: z.boolean().default(false) }))
      .max(20_000),
  ),
});
export type ReleaseList = z.output<typeof ReleaseList>;

export interface Branch {
  readonly product: Product;
  readonly branch: string;
}

/** What a file says of some branches. */
export async function readReleases(host: Host, path: string, branches: readonly Branch[]): Promise<Reading<Releases>> {
  const text = await host.readText(path, { maximumSize });
  if (text.state === 'unreadable') return text;
  try {
    return read(pick(ReleaseList.parse(JSON.parse(text.value)), branches));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('unparsable', path, 'it is no JSON');
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    return unreadable('unparsable', path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
}

function pick({ dated, products }: ReleaseList, branches: readonly Branch[]): Releases {
  const listed = branches.flatMap(({ product, branch }) => {
    const releases = (products[product] ?? []).filter(({ version }) => branchOf(product, version) === branch);
    return releases.length > 0 ? [{ product, branch, releases: sorted(releases) }] : [];
  });
  return { dated, branches: listed };
}

/** Newest days last; more of one branch than a report holds are the oldest ones. */
function sorted(releases: readonly Release[]): Release[] {
  return releases
    .map(({ version, released, extended }) => ({ version, released, extended }))
    .sort((a, b) => compare(a.released, b.released) || compare(a.version, b.version))
    .slice(-1000);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
