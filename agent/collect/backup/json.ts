import { z } from 'zod';
import { holds } from '../../../policies/checks/backup/points.ts';
import type { BackupSet, Location, Point } from '../../../policies/checks/backup/facts.ts';
import { Duration } from '../../../policies/quantities.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';
import type { CollectContext } from '../collector.ts';
import { PointsDocument, type ListedPoint } from './json-form.ts';
import { locatePath } from './place.ts';
import { AbsolutePath, defineReader } from './reader.ts';

const Source = z.strictObject({
  file: AbsolutePath,
  /** How long the list is good: what it names may be gone by then. As text: sources keep the form they are written in. */
  maximumAge: z
    .string()
    .refine((text) => Duration.safeParse(text).success, { error: 'expected a duration such as 26h or 7d' })
    .default('26h'),
});

/** Bytes; two hundred thousand points fit in. */
const maximumSize = 32 * 2 ** 20;

/** A list of copies that a program of the operator's own wrote. It is read, and nothing is executed. */
export const json = defineReader({
  tool: 'json',
  source: Source,
  async read(context, { requiredPaths }, { file, maximumAge }) {
    const found = await readDocument(context.host, file);
    if (found.state === 'unreadable') {
      return { location: { kind: 'unseen', through: 'json' }, encrypted: 'unseen', points: found };
    }
    const { document, modifiedAt } = found.value;
    const { encrypted, writtenAt } = document;
    return {
      location: await locate(context.host, document),
      encrypted: encrypted === undefined ? 'unseen' : encrypted ? 'yes' : 'no',
      list: { writtenAt, modifiedAt: modifiedAt.toISOString(), maximumAge: Duration.parse(maximumAge) },
      points: pointsOf(context, document, requiredPaths),
    };
  },
});

interface Found {
  readonly document: PointsDocument;
  readonly modifiedAt: Date;
}

async function readDocument(host: Host, file: string): Promise<Reading<Found>> {
  const status = await host.status(file);
  if (status.state === 'unreadable') return status;
  if (isOpenToAll(status.value)) {
    return unreadable('unsupported', file, 'anybody on this host may write to it; chmod o-w');
  }
  const text = await host.readText(file, { maximumSize });
  if (text.state === 'unreadable') return text;
  let content: unknown;
  try {
    content = JSON.parse(text.value);
  } catch {
    return unreadable('unparsable', file, 'not JSON');
  }
  const parsed = PointsDocument.safeParse(content);
  if (!parsed.success) return unreadable('unparsable', file, z.prettifyError(parsed.error));
  return read({ document: parsed.data, modifiedAt: status.value.modifiedAt });
}

/** A list that every account of the host may write shows nothing. */
function isOpenToAll({ mode }: FileStatus): boolean {
  return (mode & 0o002) !== 0;
}

async function locate(host: Host, { server, folder }: PointsDocument): Promise<Location> {
  if (server !== undefined) return { kind: 'remote', server };
  return folder === undefined ? { kind: 'unseen', through: 'json' } : locatePath(host, folder);
}

function pointsOf(
  { pseudonym }: Pick<CollectContext, 'pseudonym'>,
  document: PointsDocument,
  requiredPaths: readonly string[],
): BackupSet['points'] {
  const sorted = (points: readonly ListedPoint[]): Point[] =>
    points.map((point) => pointOf(point, requiredPaths)).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  if ('points' in document) return read(sorted(document.points));
  const value = document.accounts.map(({ account, points }) => ({
    account: pseudonym(account),
    points: sorted(points),
  }));
  return { state: 'per-account', value: value.sort((a, b) => (a.account < b.account ? -1 : 1)) };
}

function pointOf({ paths, ...point }: ListedPoint, requiredPaths: readonly string[]): Point {
  const asked = paths?.filter((path) => requiredPaths.some((required) => holds([path], required))).sort();
  return { ...point, ...(asked === undefined ? {} : { paths: asked }) };
}

function orderOf(point: Point): string {
  return `${point.time} ${JSON.stringify(Object.entries(point).sort())}`;
}
