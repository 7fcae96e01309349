import type { Role } from '../access/tokens.ts';

/** Who may have which page, by its path as the router has it. Whoever may not is sent to the login. */
export const readersOf = {
  '/': ['auditor', 'operator', 'reporter'],
  '/reports': ['auditor', 'operator', 'reporter'],
  '/hosts/:host': ['auditor', 'operator', 'reporter'],
  '/policies/:policy/controls/:control': ['auditor', 'operator', 'reporter'],
  '/organisation': ['auditor', 'operator', 'approver'],
  '/organisation/acts/:id': ['auditor', 'operator', 'approver'],
  '/notices': ['auditor', 'operator'],
  '/access': ['auditor', 'operator'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type PagePath = keyof typeof readersOf;

export function mayRead(role: Role, path: PagePath): boolean {
  const readers: readonly Role[] = readersOf[path];
  return readers.includes(role);
}

/** The first page of whoever has logged in with a token of this role; undefined where he has none. */
export function firstPageOf(role: Role): PagePath | undefined {
  return (['/', '/organisation'] as const).find((path) => mayRead(role, path));
}
