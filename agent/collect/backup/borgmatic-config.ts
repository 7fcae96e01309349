import { parseDocument } from 'yaml';
import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

const Repository = z.union([z.string(), z.object({ path: z.string(), label: z.string().optional() })]);

/** What is read of borgmatic's settings. */
const Options = z.object({
  repositories: z.array(Repository).min(1).max(100),
  archive_name_format: z.string().optional(),
  encryption_passphrase: z.string().optional(),
  encryption_passcommand: z.string().optional(),
});

/** Up to borgmatic 1.7 the options stand in sections; since 1.8 they need not. */
const sections = ['location', 'storage', 'retention', 'consistency', 'output', 'hooks'] as const;

export interface BorgmaticConfig {
  readonly repositories: readonly { readonly path: string; readonly label?: string | undefined }[];
  /** How the names of its archives begin, as far as that is told without the time. */
  readonly prefix: string;
  readonly passphrase?: string | undefined;
  /** Names a program that gives the passphrase. */
  readonly hasPasscommand: boolean;
}

/**
 * Reads a configuration file of borgmatic (its "Configuration reference"). Parts of other files (`!include`) and of the
 * environment (`${NAME}`) are not followed: what needs them is an obstacle.
 * @param hostname what `{hostname}` stands for
 */
export async function readConfig(host: Host, path: string, hostname: string): Promise<Reading<BorgmaticConfig>> {
  const text = await host.readText(path, { maximumSize: 262_144 });
  if (text.state === 'unreadable') return text;
  const document = parseDocument(text.value);
  // The position alone: a message shows the line, which may hold the passphrase.
  const [problem] = document.errors;
  if (problem !== undefined)
    return unreadable('unparsable', path, `${problem.code} in line ${problem.linePos?.[0].line ?? 0}`);
  if (document.warnings.length > 0) return unreadable('unsupported', path, 'tags such as !include are not followed');
  const parsed = Options.safeParse(flat(document.toJS()));
  if (!parsed.success) return unreadable('unparsable', path, z.prettifyError(parsed.error));
  const { repositories, archive_name_format: format = '{hostname}-', ...secrets } = parsed.data;
  const expand = (name: string): string => name.replaceAll('{hostname}', hostname);
  const expanded = repositories
    .map((one) => (typeof one === 'string' ? { path: one } : one))
    .map(({ path: place, ...rest }) => ({ ...rest, path: expand(place) }));
  const values = [...expanded.map((one) => one.path), secrets.encryption_passphrase ?? ''];
  if (values.some((value) => /\$\{|^\{/.test(value)) || expanded.some((one) => /[{}]/.test(one.path))) {
    return unreadable('unsupported', path, 'a repository or passphrase that is filled in from elsewhere');
  }
  return read({
    repositories: expanded,
    prefix: expand(format).split('{')[0] ?? '',
    passphrase: secrets.encryption_passphrase,
    hasPasscommand: secrets.encryption_passcommand !== undefined,
  });
}

function flat(settings: unknown): unknown {
  if (typeof settings !== 'object' || settings === null) return settings;
  const entries = Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
    sections.some((section) => section === name) && typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [[name, value]],
  );
  return Object.fromEntries(entries);
}
