import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder, tool } from './tools.ts';

/** Whether stacks can be tried here: as root, in a mount namespace of their own. */
export const canTryPam = process.getuid?.() === 0 && tool('pamtester') !== undefined && tool('unshare') !== undefined;

/** By their path in /etc: `pam.d/passwd`. */
export type EtcFiles = Readonly<Record<string, string>>;

const runFile = promisify(execFile);

const account = 'tester';
const uid = 4001;
const oldPassword = 'Old-Horse9#battery';

/** A host's /etc, which the real libpam reads in place of the machine's own; nothing of the machine is changed. */
export class PamHost implements Disposable {
  readonly #folder = temporaryFolder();
  readonly #etc = join(this.#folder.path, 'etc');

  constructor(files: EtcFiles) {
    mkdirSync(join(this.#etc, 'security'), { recursive: true });
    for (const name of ['ld.so.cache', 'nsswitch.conf', 'login.defs'])
      cpSync(join('/etc', name), join(this.#etc, name));
    const hash = execFileSync('openssl', ['passwd', '-6', '-salt', 'test', oldPassword], { encoding: 'utf8' }).trim();
    const own: EtcFiles = {
      passwd: `root:x:0:0::/root:/bin/sh\n${account}:x:${uid}:${uid}::/nonexistent:/bin/sh\n`,
      group: `root:x:0:\nshadow:x:42:\n${account}:x:${uid}:\n`,
      shadow: `root:*:19000:0:99999:7:::\n${account}:${hash}:19000:0:99999:7:::\n`,
      'security/opasswd': '',
      ...files,
    };
    for (const [name, text] of Object.entries(own)) {
      const path = join(this.#etc, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { mode: 0o644 });
    }
  }

  /**
   * Whether a service stores this password for the account; what it answers in the end does not matter.
   * @param caller `user`: as passwd(1) runs for the account's owner, with root's rights but not as root
   */
  async stores(service: string, caller: 'user' | 'root', password: string): Promise<boolean> {
    const before = this.#hash();
    const known = caller === 'user' ? [oldPassword] : [];
    const told = [...known, ...Array<string>(8).fill(password)].join('\n');
    await this.#run(caller === 'user' ? uid : 0, [service, account, 'chauthtok'], told);
    return this.#hash() !== before;
  }

  /** Whether a service lets the account in with its password, or with a wrong one. */
  letsIn(service: string, password: 'right' | 'wrong'): Promise<boolean> {
    return this.#run(0, [service, account, 'authenticate'], password === 'right' ? oldPassword : 'mistaken');
  }

  /** What each service answers to a login, as pam_strerror(3) calls it, or `success`. Services must not ask anything. */
  async authenticateEach(services: readonly string[]): Promise<Map<string, string>> {
    const script = 'mount --bind "$0" /etc && for service; do pamtester "$service" tester authenticate 2>&1; done';
    const { stdout } = await runFile('unshare', ['-m', 'sh', '-c', script, this.#etc, ...services], {
      timeout: 20_000,
    });
    // Modules may say things of their own.
    const answers = [...stdout.matchAll(/^pamtester: (.*)$/gm)].map(([, answer]) => answer);
    return new Map(
      services.map((service, index) => {
        const answer = answers[index] ?? '';
        return [service, answer === 'successfully authenticated' ? 'success' : answer];
      }),
    );
  }

  #run(realUid: number, args: readonly string[], input: string): Promise<boolean> {
    const script = 'mount --bind "$0" /etc && exec setpriv --ruid="$1" pamtester "$2" "$3" "$4"';
    return new Promise((resolve) => {
      const command = ['-m', 'sh', '-c', script, this.#etc, String(realUid), ...args];
      const child = execFile('unshare', command, { timeout: 20_000 }, (error) => resolve(error === null));
      // A service that refuses without asking ends before it reads.
      child.stdin?.on('error', () => undefined).end(`${input}\n`);
    });
  }

  #hash(): string {
    const line = readFileSync(join(this.#etc, 'shadow'), 'utf8')
      .split('\n')
      .find((one) => one.startsWith(`${account}:`));
    return line?.split(':')[1] ?? '';
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
