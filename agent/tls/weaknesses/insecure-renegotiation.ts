import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { commonSuites, notSpoken, type Ground } from './ground.ts';
import { renegotiate } from './renegotiation.ts';

/**
 * Insecure renegotiation (CVE-2009-3555): a client that knows nothing of RFC 5746 may renegotiate, so that a stranger
 * can have a victim's handshake taken for the continuation of his own. Proof is a ServerHello to a second ClientHello,
 * neither of which has the extension or its signalling suite.
 */
export async function insecureRenegotiation(ground: Ground): Promise<Answer> {
  const suites = commonSuites(ground);
  if (suites.length === 0) return notSpoken;
  return renegotiate(ground, suites, { first: [], second: () => [] });
}
