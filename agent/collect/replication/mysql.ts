import { SqlSource } from '../password-age/sql-source.ts';
import { defineReader } from './reader.ts';
import { readSql, type Dialect } from './sql.ts';

const clients =
  "(SELECT SUM(VARIABLE_VALUE) FROM performance_schema.global_status WHERE VARIABLE_NAME IN ('Rpl_semi_sync_source_clients', 'Rpl_semi_sync_master_clients'))";
const enabled =
  "EXISTS (SELECT 1 FROM performance_schema.global_variables WHERE VARIABLE_NAME IN ('rpl_semi_sync_source_enabled', 'rpl_semi_sync_master_enabled') AND VARIABLE_VALUE = 'ON')";
const connected = "(SELECT COUNT(*) FROM performance_schema.threads WHERE PROCESSLIST_COMMAND LIKE 'Binlog Dump%')";

/** MySQL 8.0.26 and newer (MySQL Reference Manual, 15.7.7.35 SHOW REPLICA STATUS, 19.4.10 Semisynchronous Replication). */
const dialect: Dialect = {
  client: 'mysql',
  server: `SELECT JSON_OBJECT('noticesAfter', @@replica_net_timeout, 'connected', ${connected}, 'semiSync', JSON_OBJECT('enabled', ${enabled} IS TRUE, 'clients', IFNULL(${clients}, 0)), 'wsrep', JSON_OBJECT())`,
  links: 'SHOW REPLICA STATUS',
  written: "SELECT JSON_OBJECT('position', @@global.gtid_executed)",
  holds: holdsPosition,
  columns: {
    name: 'Channel_Name',
    io: 'Replica_IO_Running',
    sql: 'Replica_SQL_Running',
    lag: 'Seconds_Behind_Source',
  },
};

export const mysql = defineReader({
  kind: 'mysql',
  source: SqlSource,
  read: (context, source, request) => readSql(context, source, request, dialect),
});

/** A set of `uuid:first-last` (MySQL Reference Manual, 19.1.3.1 GTID Format and Storage). */
function holdsPosition(position: string): string | undefined {
  const set = position.replace(/\s/g, '');
  return /^[0-9a-f][0-9a-z_:,-]+$/i.test(set)
    ? `SELECT JSON_OBJECT('held', GTID_SUBSET('${set}', @@global.gtid_executed))`
    : undefined;
}
