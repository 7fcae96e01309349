import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { diskEncryption, DiskEncryptionParameters } from '../../../policies/checks/disk-encryption.ts';
import type { DiskEncryptionFacts, Leg, List, Place } from '../../../policies/checks/disk-encryption/facts.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import { defineCollector, type CollectContext } from '../collector.ts';
import { readFstab, type MeantMount } from '../fstab.ts';
import { isBelow, mountOf, readMounts, type Mount } from '../mounts.ts';
import { namelessPaths } from '../nameless.ts';
import { readContainer } from '../processes.ts';
import { readSystemUsers } from '../system-users.ts';
import { holdsFiles, PlaceReader, type FoundPlace } from './places.ts';

const ListName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a word such as backup');
const Path = z.string().max(1024).refine(isAbsolute, 'expected an absolute path');

/** Where data lies that a policy promises to encrypt, by names that controls ask for; left out: on every mounted disk. */
const DiskEncryptionSettings = z.object({
  encryptedPaths: z.record(ListName, z.array(Path).min(1).max(256)).default({}),
});

/** Looks on which disks the host's file systems and its swap lie, and what the kernel encrypts on the way there. */
export const diskEncryptionCollector = defineCollector({
  kind: diskEncryption.name,
  settings: DiskEncryptionSettings,
  parameters: DiskEncryptionParameters,
  async collect(context, { encryptedPaths }): Promise<DiskEncryptionFacts> {
    const container = await readContainer(context.host);
    const mounts = await readMounts(context);
    if (mounts.state === 'unreadable') return { places: mounts, swap: mounts, lists: [], container };
    const fstab = await readFstab(context);
    const wanted = Object.entries(encryptedPaths).sort(([a], [b]) => (a < b ? -1 : 1));
    const found = await Promise.all(
      wanted.map(async ([name, paths]) => {
        return { name, paths: await Promise.all(paths.map((path) => locate(context, path, mounts.value, fstab))) };
      }),
    );
    const deviceOf = new Map(mounts.value.map(({ point, device }) => [point, device]));
    const listed = found.flatMap(({ paths }) => paths.flatMap(({ points }) => valuesOf(points)));
    const reader = new PlaceReader(context, mounts.value);
    const files = await reader.files(new Set(listed.flatMap((point) => deviceOf.get(point) ?? [])));
    const swap = await reader.swap();
    const nameless = await pathConcealer(context);
    const byDevice = new Map(files.map(({ device, where }) => [device, nameless(where)]));
    const whereOf = (point: string): string | undefined => byDevice.get(deviceOf.get(point) ?? '');
    return {
      places: read([...files, ...valuesOf(swap)].map((place) => describe(place, nameless)).sort(byPlace)),
      swap: swap.state === 'read' ? read(swap.value.length) : swap,
      lists: found.map(({ name, paths }) => ({ name, paths: paths.map((path) => finish(path, whereOf, nameless)) })),
      container,
    };
  },
});

interface Located {
  readonly path: string;
  /** Mount points: of the file system that holds it, and of those below it. */
  readonly points: Reading<string[]>;
  readonly isDetached: boolean;
}

async function locate(
  { host }: CollectContext,
  path: string,
  mounts: readonly Mount[],
  fstab: Reading<MeantMount[]>,
): Promise<Located> {
  if (fstab.state === 'unreadable') return { path, points: fstab, isDetached: false };
  const meant = fstab.value.map(({ point }) => point);
  const real = await host.realPath(path);
  if (real.state === 'unreadable') {
    const isDetached = meant.some((point) => point !== '/' && isBelow(path, point));
    return { path, points: real, isDetached };
  }
  const mount = mountOf(real.value, mounts);
  if (mount === undefined) return { path, points: unreadable('missing', path), isDetached: false };
  const mounted = new Set(mounts.map(({ point }) => point));
  // Else an empty folder, on whatever disk, stands for the one that is not there.
  const isDetached = meant.some((point) => !mounted.has(point) && isOnTheWay(point, real.value));
  const below = mounts.filter((other) => isBelow(other.point, real.value) && holdsFiles(other));
  return { path, points: read([...new Set([mount.point, ...below.map(({ point }) => point)])]), isDetached };
}

/** Above a path, or below it; below the root lie drives for discs too. */
function isOnTheWay(point: string, path: string): boolean {
  return isBelow(path, point) || (path !== '/' && isBelow(point, path));
}

function valuesOf<T>(reading: Reading<T[]>): T[] {
  return reading.state === 'read' ? reading.value : [];
}

async function pathConcealer(context: CollectContext): Promise<(path: string) => string> {
  const system = await readSystemUsers(context);
  return namelessPaths((account) => context.pseudonym(account), system.state === 'read' ? system.value.users : []);
}

function describe({ device: _device, ...place }: FoundPlace, nameless: (path: string) => string): Place {
  const { where, legs } = place;
  return { ...place, where: nameless(where).slice(0, 1024), legs: legs && namelessLegs(legs, nameless) };
}

function namelessLegs(legs: Reading<Leg[]>, nameless: (path: string) => string): Reading<Leg[]> {
  if (legs.state === 'unreadable') return namelessObstacle(legs, nameless);
  return read(legs.value.map((leg) => ({ ...leg, device: nameless(leg.device).slice(0, 256) })));
}

function finish(
  { path, points, isDetached }: Located,
  whereOf: (point: string) => string | undefined,
  nameless: (path: string) => string,
): List['paths'][number] {
  const where = [...new Set(valuesOf(points).flatMap((point) => whereOf(point) ?? []))].sort().slice(0, 1024);
  const known: Reading<string[]> = where.length > 0 ? read(where) : unreadable('unsupported', path, 'no disk holds it');
  const places = points.state === 'unreadable' ? points : known;
  const told = places.state === 'unreadable' ? namelessObstacle(places, nameless) : places;
  return { path: nameless(path), places: told, isDetached };
}

function namelessObstacle({ obstacle }: Unreadable, nameless: (path: string) => string): Unreadable {
  return { state: 'unreadable', obstacle: { ...obstacle, what: nameless(obstacle.what) } };
}

function byPlace(a: Place, b: Place): number {
  const [first, second] = [a, b].map(({ use, where }) => `${use} ${where}`);
  return first === second ? 0 : (first ?? '') < (second ?? '') ? -1 : 1;
}
