import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Every TypeScript file of the product itself, by its path from the root. */
export function sourceFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/^(node_modules|test|\.git|waarborg-data)\//.test(path))
    .filter((path) => path !== 'vitest.config.ts')
    .sort();
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
