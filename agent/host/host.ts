import type { Duplex } from 'node:stream';
import type { Reading, Unreadable } from '../../policies/reading.ts';

/** What holds where a caller does not say: seconds, bytes of output, bytes of a file. */
export const hostDefaults = { timeout: 30, maximumOutput: 16 * 2 ** 20, maximumSize: 4 * 2 ** 20 } as const;

export interface Command {
  /** Looked up in the system's own folders; never interpreted by a shell. */
  readonly file: string;
  readonly args: readonly string[];
  /** Added to a small fixed environment (PATH, HOME, LC_ALL=C, TZ=UTC); nothing else of the agent's own is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from standard input, which is empty unless said. Told to nobody but the command. */
  readonly input?: string;
  /** Seconds before it is killed; 30 unless said. */
  readonly timeout?: number;
  /** Bytes of standard output at most; 16 MiB unless said. More is `too-large`, never a silent cut. */
  readonly maximumOutput?: number;
}

/** A command that ran to its end, whatever it answered. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last 4 KiB. */
  readonly stderr: string;
}

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'symlink' | 'socket' | 'other';
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
  /** When content, owner or mode last changed; unlike `modifiedAt` nobody can set it back. */
  readonly changedAt: Date;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** The number of the file system that holds it. */
  readonly device: number;
}

/** For paths that somebody controls who is not trusted. */
export interface Confinement {
  /**
   * Paths without links in them: what is read must lie in one of these folders once all links have been followed, and is
   * `outside` otherwise. Links are followed wherever they lead unless this is given.
   */
  readonly within?: readonly string[];
}

/** A property of a CAA record set (RFC 8659 4.1): its flag, its tag in lower case and its value as DNS has them. */
export interface CaaRecord {
  readonly critical: boolean;
  readonly tag: string;
  readonly value: string;
}

/** What DNS says of one name; `none`: the name is there, without CAA records (NODATA); `no-such-name`: NXDOMAIN. */
export type CaaAnswer =
  { readonly found: 'records'; readonly records: CaaRecord[] } | { readonly found: 'none' | 'no-such-name' };

/** How a host is read from another one. */
export interface ReadOver {
  /** `ssh://user@host:port`, the port where it is not 22. */
  readonly address: string;
  /** The fingerprint (`SHA256:...`) of the key that it showed; left out where nobody could be trusted to be it. */
  readonly hostKey?: string;
  /** Whether it was read as root, through sudo(8). */
  readonly sudo: boolean;
}

/**
 * The only way to the outside. What goes wrong comes back as an obstacle and is never thrown, so that a reader
 * has to say what an unreadable thing means. Implementations: this machine (`local.ts`), one that is
 * read over SSH (`ssh/ssh.ts`), a recording (`recorded.ts`).
 */
export interface Host {
  readonly hostname: string;
  /**
   * Set once the way to a host is gone that is read from elsewhere: from then on it answers nothing else, and what was
   * being read at that moment may lack things. Left out, or undefined, while all is well.
   */
  readonly lost?: Unreadable | undefined;
  /** How a host is read that is not this machine; left out for this machine. */
  readonly readOver?: ReadOver;
  run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>>;
  /** At most `maximumSize` bytes (4 MiB unless said), as UTF-8. */
  readText(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<string>>;
  readBytes(path: string, options?: { maximumSize?: number } & Confinement): Promise<Reading<Uint8Array>>;
  /** The `length` bytes from `offset` on, fewer where the file ends before: for files too large to hold. */
  readPart(path: string, part: { offset: number; length: number }, options?: Confinement): Promise<Reading<Uint8Array>>;
  /** Names in a folder, sorted; at most 100,000. */
  list(path: string, options?: Confinement): Promise<Reading<string[]>>;
  /** Follows symbolic links. */
  status(path: string, options?: Confinement): Promise<Reading<FileStatus>>;
  /** Where a path leads once all links have been followed. */
  realPath(path: string): Promise<Reading<string>>;
  /** A TCP connection from this host; the caller ends it. `timeout` in seconds, for connecting only. */
  connect(
    address: string,
    port: number,
    options?: { timeout?: number; signal?: AbortSignal },
  ): Promise<Reading<Duplex>>;
  /**
   * The CAA records of exactly this name, as the resolvers that are asked find them: they follow CNAMEs, nobody climbs.
   * A server that fails, refuses or is silent is an obstacle, and never an answer. Sorted by tag and value.
   * @param options.resolvers `192.0.2.1` or `[2001:db8::1]:5353`; those of the host's own configuration unless said
   */
  caaRecords(
    name: string,
    options?: { resolvers?: readonly string[]; signal?: AbortSignal },
  ): Promise<Reading<CaaAnswer>>;
}
