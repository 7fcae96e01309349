import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of a tool the test needs, or undefined: then the test skips itself (`test.skipIf`). */
export function tool(name: string): string | undefined {
  return ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/bin', '/sbin']
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A temporary folder that is removed at the end of its block: `using folder = temporaryFolder();` */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'waarborg-test-'));
  // A collector on the folder keeps its guard beside it.
  const paths = [path, `${path}-guard`];
  return {
    path,
    [Symbol.dispose]() {
      for (const one of paths) rmSync(one, { recursive: true, force: true });
    },
  };
}
