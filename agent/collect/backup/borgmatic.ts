import { z } from 'zod';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { Opening } from './borg-listing.ts';
import { isBorgRepository } from './borg-repository.ts';
import { readPassphrase, readRepository } from './borg.ts';
import { readConfig, type BorgmaticConfig } from './borgmatic-config.ts';
import { AbsolutePath, defineReader, type SetReading } from './reader.ts';

const Source = z.strictObject({
  /** Such as /etc/borgmatic/config.yaml, or one of /etc/borgmatic.d. */
  config: AbsolutePath,
  /** The label or path of the one that is meant, where the configuration names several. */
  repository: z.string().min(1).max(1024).optional(),
  /** Instead of a passphrase in the configuration, above all where that names a command. */
  passphraseFile: AbsolutePath.optional(),
  version: z.union([z.literal(1), z.literal(2)]).default(1),
  /** Whose archives are meant; this host's own name unless given. */
  host: z.string().min(1).max(255).optional(),
});
type Source = z.output<typeof Source>;

/**
 * Repositories that borgmatic writes to, read with borg itself: borgmatic would run the commands of its configuration
 * (`before_actions`, `encryption_passcommand`).
 */
export const borgmatic = defineReader({
  tool: 'borgmatic',
  source: Source,
  async read(context, _request, source) {
    const { host } = context;
    const ofHost = source.host ?? host.hostname;
    const config = await readConfig(host, source.config, ofHost);
    const unseen = (points: Unreadable): SetReading => ({
      location: { kind: 'unseen', through: 'borgmatic' },
      encrypted: 'unseen',
      ofHost,
      points,
    });
    if (config.state === 'unreadable') return unseen(config);
    const repository = choose(config.value, source);
    if (repository.state === 'unreadable') return unseen(repository);
    const fromFile =
      source.passphraseFile === undefined ? undefined : await readPassphrase(host, source.passphraseFile);
    const opening = openingOf(config.value, source, repository.value, fromFile);
    return readRepository(context, repository.value, { host: ofHost, prefix: config.value.prefix }, opening);
  },
});

function choose({ repositories }: BorgmaticConfig, { config, repository: wanted }: Source): Reading<string> {
  const found = repositories.filter(({ path, label }) => wanted === undefined || wanted === path || wanted === label);
  const [only, ...others] = found;
  if (only === undefined) return unreadable('missing', `${config}: repository ${wanted ?? ''}`);
  if (others.length > 0) {
    return unreadable(
      'unsupported',
      config,
      `it names ${found.length} repositories; declare a set for each, with repository`,
    );
  }
  if (!isBorgRepository(only.path)) return unreadable('unsupported', config, 'the form of its repository');
  return read(only.path);
}

function openingOf(
  { passphrase, hasPasscommand }: BorgmaticConfig,
  { config, passphraseFile, version }: Source,
  repository: string,
  fromFile: Reading<string> | undefined,
): Reading<Opening> {
  if (fromFile?.state === 'unreadable') return fromFile;
  if (fromFile === undefined && passphrase === undefined && hasPasscommand) {
    return unreadable(
      'unsupported',
      config,
      'its passphrase comes from a command, which is not run; set passphraseFile',
    );
  }
  const env = { BORG_PASSPHRASE: fromFile?.value ?? passphrase ?? '' };
  return read({ repository, version, env, passwordFrom: passphraseFile ?? config });
}
