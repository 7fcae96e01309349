import { z } from 'zod';

/** Where an SSH server is asked, and as whom. */
export interface SshAddress {
  readonly user: string;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const form =
  /^ssh:\/\/([A-Za-z_][A-Za-z0-9_.-]{0,63})@(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]{0,252}))(?::(\d{1,5}))?\/?$/;

const expected = 'expected ssh://USER@HOST or ssh://USER@HOST:PORT';

/** `ssh://user@host[:port]`, with an IPv6 address in brackets; port 22 unless said. */
export const SshUrl = z.string().transform((text, context): SshAddress => {
  const [, user, bracketed, plain, digits = '22'] = form.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  const port = Number(digits);
  if (user === undefined || host === undefined || port < 1 || port > 65_535) {
    context.addIssue(expected);
    return z.NEVER;
  }
  return { user, host, port };
});

/** The address as people write it; the port only where it is not the usual one. */
export function showSshAddress({ user, host, port }: SshAddress): string {
  return `ssh://${user}@${host.includes(':') ? `[${host}]` : host}${port === 22 ? '' : `:${port}`}`;
}
