import { z } from 'zod';
import { maximumPoints, type BackupSet, type Point } from '../../../policies/checks/backup/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { listArchives, type Archive, type ListingReading, type Opening } from './borg-listing.ts';
import { isBorgRepository, locateBorgRepository } from './borg-repository.ts';
import { readEnvironment, variables } from './environment.ts';
import { AbsolutePath, defineReader, type SetReading } from './reader.ts';
import { holdsPassword } from './restic-repository.ts';

const Source = z.strictObject({
  repository: z
    .string()
    .max(1024)
    .refine(isBorgRepository, { error: 'expected an absolute path or an address such as ssh://user@host/./borg' })
    .refine((name) => !holdsPassword(name), { error: 'expected no password here' }),
  /** A file that holds the passphrase and nothing else. Left out for repositories without one. */
  passphraseFile: AbsolutePath.optional(),
  /** `NAME=value` lines with BORG_PASSPHRASE. */
  environmentFile: AbsolutePath.optional(),
  /** The key, where it does not lie in the repository. */
  keyFile: AbsolutePath.optional(),
  version: z.union([z.literal(1), z.literal(2)]).default(1),
  /** Whose archives are meant; this host's own name unless given. */
  host: z.string().min(1).max(255).optional(),
  /** How the names of the archives that are meant begin. */
  prefix: z.string().min(1).max(255).optional(),
});
type Source = z.output<typeof Source>;

/** borg repositories, listed with `borg list` (1.x) or `borg repo-list` (2); see `listArchives`. */
export const borg = defineReader({
  tool: 'borg',
  source: Source,
  async read(context, _request, source) {
    return readRepository(context, source.repository, source, await openingOf(context, source));
  },
});

/** How a set's repository is opened; also by those who restore from it. */
export async function openingOf(context: Pick<CollectContext, 'host'>, declared: unknown): Promise<Reading<Opening>> {
  const source = Source.parse(declared);
  const env = await environmentOf(context, source);
  if (env.state === 'unreadable') return env;
  const { repository, version, passphraseFile, environmentFile } = source;
  return read({ repository, version, env: env.value, passwordFrom: passphraseFile ?? environmentFile ?? '' });
}

async function environmentOf({ host }: Pick<CollectContext, 'host'>, source: Source): Promise<Reading<Opening['env']>> {
  const { environmentFile, passphraseFile, keyFile } = source;
  const fromFile =
    environmentFile === undefined ? read({}) : await readEnvironment(host, environmentFile, variables.borg);
  if (fromFile.state === 'unreadable') return fromFile;
  const passphrase = passphraseFile === undefined ? undefined : await readPassphrase(host, passphraseFile);
  if (passphrase?.state === 'unreadable') return passphrase;
  return read({
    // Given even where there is none: borg would look for a terminal to ask for it.
    BORG_PASSPHRASE: '',
    ...fromFile.value,
    ...(passphrase === undefined ? {} : { BORG_PASSPHRASE: passphrase.value }),
    ...(keyFile === undefined ? {} : { BORG_KEY_FILE: keyFile }),
  });
}

/** A passphrase alone in a file. borg itself takes off the end of the line as well (BORG_PASSCOMMAND). */
export async function readPassphrase(host: CollectContext['host'], path: string): Promise<Reading<string>> {
  const text = await host.readText(path, { maximumSize: 4096 });
  return text.state === 'unreadable' ? text : read(text.value.replace(/\n+$/, ''));
}

/** Which archives of a repository belong to a set. */
export interface Selection {
  readonly host?: string | undefined;
  readonly prefix?: string | undefined;
}

/** What a set's reading says of a repository; also that of borgmatic. */
export async function readRepository(
  context: CollectContext,
  repository: string,
  { host: chosen, prefix = '' }: Selection,
  opening: Reading<Opening>,
): Promise<SetReading> {
  const ofHost = chosen ?? context.host.hostname;
  const location = await locateBorgRepository(context.host, repository);
  const listing: ListingReading =
    opening.state === 'read' ? await listArchives(context, opening.value, location) : opening;
  if (listing.state !== 'read') return { location, encrypted: 'unseen', ofHost, points: listing };
  const { archives, encryption } = listing.value;
  const others = new Set(archives.map(({ hostname }) => hostname).filter((name) => name !== ofHost));
  return {
    location,
    encrypted: isEncrypted(encryption.mode) ? 'yes' : 'no',
    ofHost,
    otherHosts: [...others].sort().slice(0, 10),
    points: pointsOf(archives.filter(({ hostname, name }) => hostname === ofHost && name.startsWith(prefix))),
  };
}

/** Modes: borg-init(1) and borg-repo-create(1). Those that only authenticate leave the content readable. */
function isEncrypted(mode: string): boolean {
  return /^(repokey|keyfile)/.test(mode);
}

function pointsOf(archives: readonly Archive[]): BackupSet['points'] {
  if (archives.length > maximumPoints) return unreadable('too-large', 'the list of borg archives');
  const points = archives.map(({ name, id, start, end }): Point => ({
    time: start,
    endedAt: end,
    id: id.slice(0, 16),
    // What is left of an interrupted backup: borg-create(1), "checkpoint".
    ...(/\.checkpoint(\.\d+)?$/.test(name) ? { flaw: 'unfinished' } : {}),
  }));
  return read(points.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)));
}

function orderOf({ time, id }: Point): string {
  return `${time} ${id ?? ''}`;
}
