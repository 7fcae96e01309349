import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';

/**
 * What each tool may be told through the environment: keys and addresses of its back ends. Left out is all that would
 * make it run a program or read another repository or host than the settings say.
 */
export const variables = {
  restic:
    /^(RESTIC_(PASSWORD|PASSWORD_FILE|REST_USERNAME|REST_PASSWORD|CACERT|TLS_CLIENT_CERT|KEY_HINT)|(AWS|B2|AZURE|GOOGLE|OS|ST|RCLONE)_[A-Z0-9_]+|(HTTPS?|NO)_PROXY)$/,
  borg: /^BORG_(PASSPHRASE|KEY_FILE)$/,
  'wal-g':
    /^(WAL[GE]_(S3|FILE|GS|AZ|SSH|SWIFT)_PREFIX|WALG_S3_CA_CERT_FILE|(AWS|AZURE|GOOGLE|OS|S3)_[A-Z0-9_]+|SSH_(PORT|USERNAME|PASSWORD|PRIVATE_KEY_PATH))$/,
  pgbackrest: /^PGBACKREST_REPO\d{0,3}_(CIPHER_PASS|S3_KEY|S3_KEY_SECRET|S3_TOKEN|AZURE_KEY|GCS_KEY)$/,
  duplicity:
    /^(FTP_PASSWORD|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|DEFAULT_REGION)|(AZURE|GS|GOOGLE)_[A-Z0-9_]+)$/,
  s3: /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/,
} as const;

/**
 * Reads `NAME=value` lines in the form of systemd's EnvironmentFile (systemd.exec(5)): blank lines and those with #
 * or ; are skipped, one pair of quotes is taken off, `export` before the name is allowed.
 * @param allowed the names that are read; the others are left out
 */
export async function readEnvironment(
  host: Host,
  path: string,
  allowed: RegExp,
): Promise<Reading<Record<string, string>>> {
  const text = await host.readText(path, { maximumSize: 65_536 });
  if (text.state === 'unreadable') return text;
  const found: Record<string, string> = {};
  for (const line of text.value.split('\n')) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line);
    const [, name = '', value = ''] = match ?? [];
    if (allowed.test(name) && !name.endsWith('_COMMAND')) found[name] = unquoted(value);
  }
  return read(found);
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
