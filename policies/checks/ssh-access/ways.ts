import { canPassWithout, passwordModules, secondFactorModules } from '../pam-auth.ts';
import type { PamStack } from '../password-policy/pam-rules.ts';
import type { Reading } from '../../reading.ts';
import type { Case, Login } from './facts.ts';

/** What somebody proves himself with. */
export type Factor = 'key' | 'password' | 'code' | 'ticket';

/** A list of methods that, gone through, lets somebody in. */
export interface Way {
  /** As AuthenticationMethods has it. */
  readonly methods: string;
  readonly factors: ReadonlySet<Factor>;
  readonly usesKey: boolean;
}

/** Every way in that a case leaves open; the obstacle where it takes PAM's rules, which could not be read. */
export function waysOf({ root, login }: Case, pam: Reading<PamStack> | null): Reading<Way[]> {
  const lists = login.methods === 'any' ? methodNames : login.methods;
  const ways: Way[] = [];
  for (const list of lists) {
    const methods = list.split(',').map((method) => method.split(':')[0] ?? '');
    if (!methods.every((method) => isOpen(method, login, root))) continue;
    const asksPam = login.pam && methods.some(isByPassword);
    if (asksPam && pam?.state === 'unreadable') return pam;
    const stack = login.pam && pam?.state === 'read' ? pam.value : undefined;
    const factors = new Set(methods.flatMap((method) => factorsOf(method, login, stack)));
    ways.push({ methods: list, factors, usesKey: methods.includes('publickey') });
  }
  return { state: 'read', value: ways };
}

const methodNames = ['publickey', 'password', 'keyboard-interactive', 'hostbased', 'gssapi-with-mic', 'none'];

function isByPassword(method: string): boolean {
  return method === 'password' || method === 'keyboard-interactive';
}

/** sshd_config(5): PermitRootLogin shuts passwords out for root, and with `forced-commands-only` a shell. */
function isOpen(method: string, login: Login, root: boolean): boolean {
  if (root && login.rootLogin === 'no') return false;
  if (root && login.rootLogin !== 'yes' && (isByPassword(method) || method === 'none')) return false;
  switch (method) {
    case 'publickey':
      return login.publicKey;
    case 'password':
      return login.password;
    case 'keyboard-interactive':
      return login.keyboard;
    case 'hostbased':
      return login.hostBased;
    case 'gssapi-with-mic':
      return login.gssapi;
    case 'none':
      return login.emptyPasswords && login.password;
    default:
      // A method of a newer sshd: open, and no factor that is known.
      return true;
  }
}

function factorsOf(method: string, login: Login, pam: PamStack | undefined): Factor[] {
  if (method === 'publickey') return login.verifiedDevices ? ['key', 'code'] : ['key'];
  if (method === 'gssapi-with-mic') return ['ticket'];
  if (!isByPassword(method)) return [];
  if (pam === undefined) return ['password'];
  const password: Factor[] = canPassWithout(pam, passwordModules) ? [] : ['password'];
  const code: Factor[] = canPassWithout(pam, secondFactorModules) ? [] : ['code'];
  return [...password, ...code];
}
