import { AccessLog, type Deed } from '../collector/access/access-log.ts';

/**
 * Writes down what somebody is about to do on the collector's own host, who shows no token for it; to be called before it is
 * done. The collector may run meanwhile: it shows the record with its own.
 * @param data the collector's data folder
 * @throws StoreError
 */
export function noteHere(data: string, did: Deed, about: string): void {
  using log = new AccessLog(data);
  log.add({ person: null, token: null, role: 'console', from: null, did, about: about.slice(0, 1000) }, new Date());
}
