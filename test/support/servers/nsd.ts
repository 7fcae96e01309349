import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

export interface NsdOrder {
  readonly port: number;
  /** Records of each zone, in the form of zone files (RFC 1035 5); `undefined`: its file is missing, so it answers SERVFAIL. */
  readonly zones: Readonly<Record<string, readonly string[] | undefined>>;
}

/** NSD, an authoritative name server, on 127.0.0.1 by UDP and TCP. It refuses what is in none of its zones. */
export function startNsd({ port, zones }: NsdOrder): Promise<Server> {
  return startServer({
    ports: [port],
    prepare(folder) {
      const blocks = Object.entries(zones).map(([name, records]) => {
        const file = join(folder, `${name}.zone`);
        if (records !== undefined) writeFileSync(file, zoneFile(name, records));
        return `zone:\n name: ${name}\n zonefile: ${file}\n`;
      });
      const configuration = join(folder, 'nsd.conf');
      writeFileSync(
        configuration,
        `server:
 ip-address: 127.0.0.1@${port}
 server-count: 1
 username: ""
 database: ""
 zonesdir: "${folder}"
 xfrdir: "${folder}"
 pidfile: "${folder}/pid"
 xfrdfile: "${folder}/xfrd"
 zonelistfile: "${folder}/zones"
remote-control:
 control-enable: no
${blocks.join('')}`,
      );
      return { file: '/usr/sbin/nsd', args: ['-d', '-c', configuration] };
    },
  });
}

function zoneFile(name: string, records: readonly string[]): string {
  const origin = name === '.' ? '.' : `${name}.`;
  return `$ORIGIN ${origin}\n$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\n${records.join('\n')}\n`;
}

/** A CAA record that zone files have no form for: any tag, any bytes (RFC 8659 4.1, RFC 3597 5). */
export function rawCaa(flags: number, tag: string, value: string): string {
  const bytes = Buffer.concat([Buffer.from([flags, tag.length]), Buffer.from(tag), Buffer.from(value)]);
  return `TYPE257 \\# ${bytes.length} ${bytes.toString('hex')}`;
}
