import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder and every path below it with its mode, owner, size, content, and when each was written to and changed. */
export function fingerprint(folder: string): Record<string, string> {
  const paths = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()];
  return Object.fromEntries(
    paths.map((path) => {
      const status = lstatSync(join(folder, path));
      const content = status.isFile() ? readFileSync(join(folder, path)) : '';
      const digest = createHash('sha256').update(content).digest('hex');
      const { mode, uid, gid, size, mtimeMs, ctimeMs } = status;
      return [path, [mode.toString(8), uid, gid, size, mtimeMs, ctimeMs, digest].join(' ')];
    }),
  );
}
