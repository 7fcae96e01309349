import { backup } from './backup.ts';
import type { CheckKind } from './kind.ts';
import { passwordAge } from './password-age.ts';
import { updates } from './updates.ts';

/** Every check kind, one line each. */
export const checkKinds: readonly CheckKind[] = [backup, passwordAge, updates];

export function checkKind(name: string): CheckKind | undefined {
  return checkKinds.find((kind) => kind.name === name);
}
