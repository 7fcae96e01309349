import { htpasswd } from './htpasswd.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';
import { postgresql } from './postgresql.ts';
import { sshCertificates } from './ssh-certificates.ts';
import type { StoreReader } from './store.ts';
import { typo3 } from './typo3.ts';
import { wordpress } from './wordpress.ts';

/** Every kind of store, one line each. */
export const storeReaders: readonly StoreReader[] = [
  htpasswd,
  mariadb,
  mysql,
  postgresql,
  sshCertificates,
  typo3,
  wordpress,
];
