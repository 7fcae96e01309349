import type { BranchSupport, Product, Support } from '../../../policies/checks/cms/facts.ts';
import { endOfLife, endsOf, type EndOfLifeTable } from '../../../policies/end-of-life.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { readTable } from '../updates/support.ts';
import type { Branch } from './releases.ts';

/** Until when branches are supported: by the operator's table where it knows one, else by the one that came along. */
export async function readBranchSupport(
  host: Host,
  path: string | undefined,
  branches: readonly Branch[],
  bought: readonly Product[],
): Promise<Reading<Support>> {
  const own = path === undefined ? undefined : await readTable(host, path);
  if (own?.state === 'unreadable') return own;
  return read({
    branches: branches.map((branch) => supportOf(branch, own?.value)),
    bought: [...new Set(bought)].sort(),
  });
}

function supportOf({ product, branch }: Branch, own: EndOfLifeTable | undefined): BranchSupport {
  const ends = own === undefined ? undefined : endsOf(own, product, branch);
  if (own !== undefined && ends !== undefined) return { product, branch, table: 'settings', dated: own.dated, ends };
  const known = endsOf(endOfLife, product, branch) ?? null;
  return { product, branch, table: 'shipped', dated: endOfLife.dated, ends: known };
}
