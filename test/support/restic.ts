import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The password of `makeResticRepository`. */
export const resticPassword = 'a password';

/**
 * What `restic init` (0.14.0) left, as it is. It was stopped again and again while it measured how long it takes to derive
 * a key: so that whoever opens the repository takes hundredths of a second for that, not half of one.
 */
const initialised = join(import.meta.dirname, '../fixtures/restic');

/** Makes an empty repository at a path where nothing is yet. */
export function makeResticRepository(path: string): void {
  cpSync(initialised, path, { recursive: true });
  // Git keeps neither empty folders nor whom they are open to.
  for (const name of ['data', 'index', 'locks', 'snapshots']) mkdirSync(join(path, name), { mode: 0o700 });
  chmodSync(path, 0o700);
}
