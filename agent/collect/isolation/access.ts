import type { OpenTo } from '../../../policies/checks/isolation/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { FileStatus, Host } from '../../host/host.ts';
import { firstPerson, nobody, type Accounts } from './accounts.ts';

/** What one may want of a thing, as the bits of its mode have it (inode(7)). */
export const wish = { read: 0o4, write: 0o2 } as const;
type Wish = (typeof wish)[keyof typeof wish];

const order: readonly OpenTo[] = ['owner', 'group', 'others'];

/**
 * Tells by modes alone whom the system lets at a file: path_resolution(7) asks each folder on the way for its x bit. Lists of
 * access control (acl(5)) are not seen. Folders are asked once.
 */
export class AccessReader {
  readonly #host: Host;
  readonly #accounts: Accounts;
  readonly #folders = new Map<string, Promise<Reading<FileStatus>>>();

  constructor(host: Host, accounts: Accounts) {
    this.#host = host;
    this.#accounts = accounts;
  }

  /** @param path may hold links: they are followed */
  async openTo(path: string, wanted: readonly Wish[]): Promise<Reading<OpenTo>> {
    const real = await this.#host.realPath(path);
    if (real.state === 'unreadable') return real;
    const status = await this.#host.status(real.value);
    if (status.state === 'unreadable') return status;
    const way = await this.#wayTo(real.value);
    if (way.state === 'unreadable') return way;
    const own = wanted.map((bit) => this.#ownMode(status.value, bit));
    const widest = order[Math.max(...own.map((one) => order.indexOf(one)))] ?? 'others';
    return read(narrower(widest, way.value));
  }

  #ownMode({ mode, uid, gid }: FileStatus, bit: Wish): OpenTo {
    if ((mode & bit) !== 0) return 'others';
    return (mode & (bit << 3)) !== 0 && this.#hasOthers(gid, uid) ? 'group' : 'owner';
  }

  /** Through which folders on the way somebody else comes. */
  async #wayTo(path: string): Promise<Reading<OpenTo>> {
    let through: OpenTo = 'others';
    const parts = path.split('/').slice(1, -1);
    for (let length = 0; length <= parts.length; length++) {
      const folder = `/${parts.slice(0, length).join('/')}`;
      const reading = this.#folders.get(folder) ?? this.#host.status(folder);
      this.#folders.set(folder, reading);
      const status = await reading;
      if (status.state === 'unreadable') return status;
      const { mode, uid, gid } = status.value;
      const here = (mode & 0o1) !== 0 ? 'others' : (mode & 0o10) !== 0 && this.#hasOthers(gid, uid) ? 'group' : 'owner';
      through = narrower(through, here);
    }
    return read(through);
  }

  /** Whether somebody beside the owner is in a group: accounts of people, for those of servers have to come in. */
  #hasOthers(gid: number, owner: number): boolean {
    return this.#accounts.inGroup(gid).some((uid) => uid !== owner && uid >= firstPerson && uid !== nobody);
  }
}

function narrower(a: OpenTo, b: OpenTo): OpenTo {
  return order.indexOf(a) < order.indexOf(b) ? a : b;
}
