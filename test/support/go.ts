import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from './tools.ts';

/** Where Debian puts Go packages for builds without a network. */
const packages = '/usr/share/gocode';

/** Go, with golang.org/x/mod; undefined where either is missing. */
export const go = existsSync(join(packages, 'src/golang.org/x/mod/sumdb/tlog')) ? tool('go') : undefined;

/**
 * Builds a Go program.
 * @param source the folder with its files
 * @param into a folder of the test's own, for the program and what the build leaves behind
 * @returns the program's path
 */
export function buildGo(source: string, into: string): string {
  if (go === undefined) throw new Error('there is no Go here; the test should have been skipped');
  const program = join(into, 'program');
  const cache = join(into, 'go-cache');
  const env = { PATH: process.env.PATH, HOME: into, GO111MODULE: 'off', GOPATH: packages, GOCACHE: cache };
  execFileSync(go, ['build', '-o', program, '.'], { cwd: source, env });
  return program;
}
