import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { SshConnection } from './connection.ts';
import { execute } from './execute.ts';
import { commandLine } from './line.ts';
import { fileServers } from './privileged.ts';
import { quoteAll } from './quote.ts';
import { Sftp } from './sftp.ts';

/** What has to be known of a server before anything that it says can be believed. */
export interface Probed {
  readonly hostname: string;
  readonly sftp: Sftp;
  /** Whether its stat(1) has moments below a second. */
  readonly hasExactMoments: boolean;
}

/** What a name of a host may be (uname(2) has 64 bytes); anything else is shown to people, and means nothing. */
const hostnameForm = /^[!-~]{1,64}$/;

/** What a shell would change if it were not a POSIX one. */
const hard = ['a b', "it's", 'c\\d\\\\', '$HOME', '`id`', '!x', '*', '"', '# e', '~', 'é', ''];

/**
 * Tries what all else rests on: that words come through the login shell as they are and that it says nothing of its
 * own, that files can be read, and that stat(1) is there.
 */
export async function probe(connection: SshConnection, sudo: boolean, signal?: AbortSignal): Promise<Reading<Probed>> {
  const ask = async (file: string, args: readonly string[]): Promise<Reading<string>> => {
    const { line } = commandLine({ file, args }, sudo);
    const answer = await execute(connection, { what: file, line, timeout: 15, maximumOutput: 64 * 1024 }, signal);
    if (answer.state === 'unreadable') return answer;
    const { exitCode, stdout, stderr } = answer.value;
    if (exitCode === 0) return read(stdout);
    return unreadable('command-failed', file, stderr.trim() || `exit code ${exitCode}`);
  };
  const [words, name, moment, files] = await Promise.all([
    ask('printf', ['%s\\n', ...hard]),
    ask('uname', ['-n']),
    ask('stat', ['-L', '-c', '%.9Y', '--', '/']),
    openSftp(connection, sudo).then(read, (error: unknown) =>
      unreadable('unsupported', 'reading files over SSH', error instanceof Error ? error.message : String(error)),
    ),
  ]);
  if (words.state === 'unreadable') return words;
  if (words.value !== hard.map((word) => `${word}\n`).join('')) {
    return unreadable('unsupported', 'the login shell there', 'a POSIX shell that prints nothing of its own is needed');
  }
  if (name.state === 'unreadable') return name;
  if (moment.state === 'unreadable') return moment;
  if (files.state === 'unreadable') return files;
  const hostname = name.value.trim();
  if (!hostnameForm.test(hostname)) return unreadable('unparsable', 'uname -n', 'no name of a host');
  return read({
    hostname,
    sftp: files.value,
    hasExactMoments: /^\d+\.\d{9}\n$/.test(moment.value),
  });
}

/**
 * A channel to read files by: the server's own subsystem, or with sudo the same program as root, which is told to
 * refuse all writing (sftp-server(8), -R).
 * @throws Error
 */
export async function openSftp(connection: SshConnection, sudo: boolean): Promise<Sftp> {
  if (!sudo) return connection.subsystem('sftp', (channel) => Sftp.open(channel));
  const choose = `for f in ${fileServers.join(' ')}; do [ -x "$f" ] && exec sudo -n "$f" -R; done; exit 127`;
  let said = '';
  try {
    return await connection.start(`exec ${quoteAll(['sh', '-c', choose])}`, (channel) => {
      channel.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-500)));
      return Sftp.open(channel);
    });
  } catch (error) {
    throw new Error(said.trim() || (error instanceof Error ? error.message : String(error)), { cause: error });
  }
}
