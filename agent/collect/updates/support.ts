import { parse } from 'yaml';
import { z } from 'zod';
import type { Release, Support } from '../../../policies/checks/updates/facts.ts';
import { isAsOld } from '../../../policies/moments.ts';
import { endOfLife, EndOfLifeTable, endsOf, type Ends } from '../../../policies/end-of-life.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import type { UpdatesSettings } from './settings.ts';

/** What the tables call a distribution, by its ID of os-release(5), and how much of its version a release is. */
const products: Readonly<Record<string, readonly [product: string, release: RegExp]>> = {
  debian: ['debian', /^\d+/],
  ubuntu: ['ubuntu', /^\d+\.\d+/],
  rhel: ['rhel', /^\d+/],
  almalinux: ['almalinux', /^\d+/],
  rocky: ['rocky-linux', /^\d+/],
  ol: ['oracle-linux', /^\d+/],
  amzn: ['amazon-linux', /^\d+(\.\d+)?/],
  alpine: ['alpine-linux', /^\d+\.\d+/],
  'opensuse-leap': ['opensuse', /^\d+\.\d+/],
  sles: ['sles', /^\d+\.\d+/],
  fedora: ['fedora', /^\d+/],
};

/** How a manager's own tools tell whether the extended support is there. */
export type AskExtended = () => Promise<NonNullable<Support['extended']>>;

/**
 * Until when the release is supported: by the operator's table where it knows the release, else by the one that came
 * along.
 *
 * @param askExtended left out where nothing on the host tells
 */
export async function readSupport(
  { host, at }: Pick<CollectContext, 'host' | 'at'>,
  release: Release,
  settings: UpdatesSettings,
  askExtended?: AskExtended,
): Promise<Reading<Support>> {
  const path = settings.updates?.endOfLife;
  const own = path === undefined ? undefined : await readTable(host, path);
  if (own?.state === 'unreadable') return own;
  const known = productOf(release);
  const ends = known && own && endsOf(own.value, known.product, known.release);
  const table =
    own !== undefined && ends !== undefined ? ({ table: 'settings', dated: own.value.dated } as const) : shipped;
  const found = ends ?? (known && endsOf(endOfLife, known.product, known.release)) ?? null;
  return read({
    ...table,
    product: known?.product ?? null,
    release: known?.release ?? null,
    ends: found,
    extended: needsExtended(found, at) ? await readExtended(known?.product, askExtended) : null,
  });
}

const shipped = { table: 'shipped', dated: endOfLife.dated } as const;

/** A table of ends of support that the operator supplied. */
export async function readTable(host: Host, path: string): Promise<Reading<EndOfLifeTable>> {
  const text = await host.readText(path);
  if (text.state === 'unreadable') return text;
  try {
    return read(EndOfLifeTable.parse(parse(text.value)));
  } catch (error) {
    return unreadable('unparsable', path, error instanceof z.ZodError ? error.issues[0]?.message : String(error));
  }
}

function productOf({ id, versionId }: Release): { product: string; release: string } | undefined {
  // CentOS Linux ended with 8; what has that name since is CentOS Stream.
  const isStream = id === 'centos' && Number.parseInt(versionId ?? '') >= 8;
  const named =
    id === 'centos'
      ? ([isStream ? 'centos-stream' : 'centos', /^\d+/] as const)
      : Object.hasOwn(products, id)
        ? products[id]
        : undefined;
  const [release] = named === undefined ? [] : (named[1].exec(versionId ?? '') ?? []);
  return named === undefined || release === undefined ? undefined : { product: named[0], release };
}

/** Asked only once it matters: the tools that tell are slow. */
function needsExtended(ends: Ends | null, at: Date): boolean {
  if (ends?.[1] === undefined) return false;
  const [standard] = ends;
  return standard === 'ended' || (standard !== 'supported' && isAsOld(standard, 86_400, at));
}

/** Debian's long-term support comes by the same archive, to everybody. */
async function readExtended(
  product: string | undefined,
  ask: AskExtended | undefined,
): Promise<NonNullable<Support['extended']>> {
  if (product === 'debian') return read('included');
  if (ask !== undefined) return ask();
  return unreadable(
    'unsupported',
    `extended support of ${product ?? 'this system'}`,
    'nothing that is read on the host tells of it',
  );
}
