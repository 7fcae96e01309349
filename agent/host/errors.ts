import { unreadable, type Unreadable } from '../../policies/reading.ts';

/** The system's own name of what went wrong (`ENOENT`). */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}

/** What it means that a path could not be read. */
export function fileObstacle(error: unknown, path: string): Unreadable {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return unreadable('missing', path);
  if (code === 'EACCES' || code === 'EPERM') return unreadable('denied', path);
  if (code === 'EISDIR') return unreadable('not-a-file', path);
  return unreadable('command-failed', `reading ${path}`, code);
}
