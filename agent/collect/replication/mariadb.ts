import { SqlSource } from '../password-age/sql-source.ts';
import { defineReader } from './reader.ts';
import { readSql, type Dialect } from './sql.ts';

const status =
  "JSON_OBJECTAGG(LOWER(VARIABLE_NAME), VARIABLE_VALUE) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN ('WSREP_CLUSTER_STATUS', 'WSREP_LOCAL_STATE_COMMENT', 'WSREP_CLUSTER_SIZE', 'WSREP_READY', 'WSREP_CONNECTED', 'WSREP_FLOW_CONTROL_PAUSED')";
const figure = (name: string): string =>
  `(SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '${name}')`;

/** MariaDB 10.5 and newer (MariaDB documentation, SHOW REPLICA STATUS, Replication and Binary Log Status Variables). */
const dialect: Dialect = {
  client: 'mariadb',
  server: `SELECT JSON_OBJECT('noticesAfter', @@slave_net_timeout, 'connected', ${figure('SLAVES_CONNECTED')}, 'semiSync', JSON_OBJECT('enabled', @@rpl_semi_sync_master_enabled = 1 IS TRUE, 'clients', ${figure('RPL_SEMI_SYNC_MASTER_CLIENTS')}), 'wsrep', (SELECT ${status}))`,
  links: 'SHOW ALL SLAVES STATUS',
  written: "SELECT JSON_OBJECT('position', @@gtid_binlog_pos)",
  holds: holdsPosition,
  columns: {
    name: 'Connection_name',
    io: 'Slave_IO_Running',
    sql: 'Slave_SQL_Running',
    lag: 'Seconds_Behind_Master',
  },
};

export const mariadb = defineReader({
  kind: 'mariadb',
  source: SqlSource,
  read: (context, source, request) => readSql(context, source, request, dialect),
});

/** `domain-server-sequence`, one a domain (MariaDB documentation, Global Transaction ID). */
function holdsPosition(position: string): string | undefined {
  if (!/^\d+-\d+-\d+(,\d+-\d+-\d+)*$/.test(position)) return undefined;
  const conditions = position.split(',').map((gtid) => {
    const [domain = '', , sequence = ''] = gtid.split('-');
    // What is after the last hyphen of the domain's entry.
    const entry = `REGEXP_SUBSTR(CONCAT(',', @@gtid_slave_pos), ',${domain}-[0-9]+-[0-9]+')`;
    return `IF(${entry} = '', 0, CAST(SUBSTRING_INDEX(${entry}, '-', -1) AS UNSIGNED)) >= ${sequence}`;
  });
  return `SELECT JSON_OBJECT('held', ${conditions.join(' AND ')})`;
}
