import type { Answer } from '../../../policies/checks/tls/profile.ts';
import { extensionTypes } from '../client12/index.ts';
import { commonSuites, notSpoken, renegotiationInfo, type Ground } from './ground.ts';
import { renegotiate } from './renegotiation.ts';

/**
 * Renegotiation begun by the client (CVE-2011-1473): one connection makes the server compute handshakes without end.
 * Proof is a ServerHello to a second ClientHello, which is secure (RFC 5746) where the server can be.
 */
export async function clientRenegotiation(ground: Ground): Promise<Answer> {
  const suites = commonSuites(ground);
  if (suites.length === 0) return notSpoken;
  const isSecure = ground.extensions.has(extensionTypes.renegotiationInfo);
  return renegotiate(ground, suites, {
    first: [renegotiationInfo()],
    second: (clientVerifyData) => (isSecure ? [renegotiationInfo(clientVerifyData)] : []),
  });
}
