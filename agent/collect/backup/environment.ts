import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/**
 * What a repository's back end may be told through the environment: keys and addresses. Left out is all that would
 * make restic run a program or read another repository or host than the settings say.
 */
const allowed =
  /^(RESTIC_(PASSWORD|PASSWORD_FILE|REST_USERNAME|REST_PASSWORD|CACERT|TLS_CLIENT_CERT|KEY_HINT)|(AWS|B2|AZURE|GOOGLE|OS|ST|RCLONE)_[A-Z0-9_]+|(HTTPS?|NO)_PROXY)$/;

/**
 * Reads `NAME=value` lines in the form of systemd's EnvironmentFile (systemd.exec(5)): blank lines and those with #
 * or ; are skipped, one pair of quotes is taken off, `export` before the name is allowed. Other names are left out.
 */
export async function readEnvironment(host: Host, path: string): Promise<Reading<Record<string, string>>> {
  const text = await host.readText(path, { maximumSize: 65_536 });
  if (text.state === 'unreadable') return text;
  const variables: Record<string, string> = {};
  for (const line of text.value.split('\n')) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line);
    const [, name = '', value = ''] = match ?? [];
    if (allowed.test(name) && !name.endsWith('_COMMAND')) variables[name] = unquoted(value);
  }
  return read(variables);
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
