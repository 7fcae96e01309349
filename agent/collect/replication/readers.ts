import { drbd } from './drbd.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';
import { postgresql } from './postgresql.ts';
import type { Reader } from './reader.ts';
import { redis } from './redis.ts';

/** Every kind of server whose copies can be read, one line each. */
export const readers: readonly Reader[] = [drbd, mariadb, mysql, postgresql, redis];
