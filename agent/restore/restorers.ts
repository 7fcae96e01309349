import { archives } from './archives.ts';
import { borg } from './borg.ts';
import { restic } from './restic.ts';
import type { Restorer } from './restorer.ts';

/** Every backup tool whose copies the agent can restore, one line each. */
export const restorers: readonly Restorer[] = [archives, borg, restic];
