import { describe, expect, it } from 'vitest';
import { importsOf, runtimeImportsOf, sourceFiles } from '../support/sources.ts';

/** From the ground up (docs/architecture.md). */
const floors = [
  'policies',
  'evidence',
  'agent',
  'collector',
  'witness',
  'dashboards',
  'commands',
  'waarborg.ts',
  'deploy',
];

function floorOf(path: string): number {
  return floors.indexOf(path.split('/')[0] ?? '');
}

describe('the house', () => {
  const files = sourceFiles();

  it('has every source file in one of its rooms', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((path) => floorOf(path) === -1)).toEqual([]);
  });

  it('imports only from the same floor or from floors below', () => {
    const wrong = files.flatMap((path) =>
      importsOf(path)
        .filter((target) => floorOf(target) > floorOf(path))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no circles', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
      if (done.has(path) || way.includes(path)) return;
      for (const target of runtimeImportsOf(path)) visit(target, [...way, path]);
      done.add(path);
    };
    for (const path of files) visit(path, []);
    expect(circles).toEqual([]);
  });
});
