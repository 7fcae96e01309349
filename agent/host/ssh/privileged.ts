/** Where sftp-server(8) lies: Debian, Red Hat, and SUSE, Alpine and Arch. */
export const fileServers = [
  '/usr/lib/openssh/sftp-server',
  '/usr/libexec/openssh/sftp-server',
  '/usr/lib/ssh/sftp-server',
] as const;

export const privilegedCommands: readonly string[] = ['stat'];

export function isPrivileged(file: string): boolean {
  return privilegedCommands.includes(file);
}
