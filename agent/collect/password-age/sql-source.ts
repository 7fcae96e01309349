import { z } from 'zod';
import { AbsolutePath } from '../backup/reader.ts';
import type { SqlConnection } from './sql-client.ts';

/** How the agent reaches a server of MariaDB or MySQL, in agent.yaml. */
export const SqlSource = z.union(
  [
    /** An option file with the group [client]: socket or host, user and password. */
    z.strictObject({ defaultsFile: AbsolutePath }),
    /** As the account of the agent's own name, which the server lets in over its socket. */
    z.strictObject({ socket: AbsolutePath }),
  ],
  { error: 'expected either defaultsFile or socket, an absolute path' },
);
export type SqlSource = z.output<typeof SqlSource>;

export function connectionOf(client: SqlConnection['client'], source: SqlSource): SqlConnection {
  const options =
    'defaultsFile' in source
      ? [`--defaults-file=${source.defaultsFile}`]
      : ['--no-defaults', '--protocol=socket', `--socket=${source.socket}`];
  return { client, options };
}
