import type { CheckKind } from './kind.ts';

/** Every check kind, one line each. */
export const checkKinds: readonly CheckKind[] = [];

export function checkKind(name: string): CheckKind | undefined {
  return checkKinds.find((kind) => kind.name === name);
}
