import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** What is not the project's own: not even looked into, for whole systems with their /proc may lie there. */
const elsewhere = new Set(['node_modules', '.git', 'waarborg-data']);

/** Every file of the project, by its path from the root. */
export function projectFiles(): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !elsewhere.has(name))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(entry.name) : [entry.name]))
    .sort();
}

function filesIn(folder: string): string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return paths.map((path) => join(folder, path));
}

/** Every TypeScript file of the product itself. */
export function sourceFiles(): string[] {
  return projectFiles().filter(
    (path) => path.endsWith('.ts') && !path.startsWith('test/') && path !== 'vitest.config.ts',
  );
}

export function readSource(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The project's own files that a file imports, types included. */
export function importsOf(path: string): string[] {
  const specifiers = [...readSource(path).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)].map(
    ([, target]) => target,
  );
  return specifiers.map((target) => relative(root, join(root, dirname(path), target ?? '')));
}

/** The import that a file needs at run time: types vanish. */
export function runtimeImportsOf(path: string): string[] {
  const withoutTypes = readSource(path).replace(/import type [^;]*;/g, '');
  const specifiers = [...withoutTypes.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)].map(([, target]) => target);
  return specifiers.map((target) => relative(root, join(root, dirname(path), target ?? '')));
}
