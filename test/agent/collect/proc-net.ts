/** Lists of sockets as the kernel writes them (proc_net(5)). */

/** Entries as `0100007F:01BB`, listening; with ` 01` behind it an established connection. */
export function procNet(...entries: readonly string[]): string {
  return list('rem_address', '00000000:0000', entries);
}

export function procNet6(...entries: readonly string[]): string {
  return list('remote_address', '00000000000000000000000000000000:0000', entries);
}

function list(title: string, remote: string, entries: readonly string[]): string {
  const lines = entries.map((entry, index) => {
    const [local = '', state = '0A'] = entry.split(' ');
    return `   ${index}: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1154 1 0000000000000000 100 0 0 10 0\n`;
  });
  return `  sl  local_address ${title}   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n${lines.join('')}`;
}

/** 127.0.0.1 with this port. */
export function onLoopback(port: number): string {
  return `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** /proc/net/if_inet6 of a host that has ::1. */
export const withLoopback6 = '00000000000000000000000000000001 01 80 10 80       lo\n';
