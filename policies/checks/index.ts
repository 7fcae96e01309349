import { accounts } from './accounts.ts';
import { anomalies } from './anomalies.ts';
import { attestation } from './attestation.ts';
import { auditLog } from './audit-log.ts';
import { availability } from './availability.ts';
import { backup } from './backup.ts';
import { capacity } from './capacity.ts';
import { bruteForce } from './brute-force.ts';
import { cases } from './cases.ts';
import { certificate } from './certificate.ts';
import { cms } from './cms.ts';
import { diskEncryption } from './disk-encryption.ts';
import { firewall } from './firewall.ts';
import { httpRestriction } from './http-restriction.ts';
import { https } from './https.ts';
import { isolation } from './isolation.ts';
import type { CheckKind } from './kind.ts';
import { labels } from './labels.ts';
import { listeningServices } from './listening-services.ts';
import { logForwarding } from './log-forwarding.ts';
import { logRetention } from './log-retention.ts';
import { passwordAge } from './password-age.ts';
import { passwordPolicy } from './password-policy.ts';
import { register } from './register.ts';
import { replication } from './replication.ts';
import { reporting } from './reporting.ts';
import { spotChecks } from './spot-checks.ts';
import { sshAccess } from './ssh-access.ts';
import { timeSync } from './time-sync.ts';
import { tls } from './tls.ts';
import { unreachable } from './unreachable.ts';
import { updates } from './updates.ts';
import { waf } from './waf.ts';

/** Every check kind, one line each. */
export const checkKinds: readonly CheckKind[] = [
  accounts,
  anomalies,
  attestation,
  auditLog,
  availability,
  backup,
  bruteForce,
  capacity,
  cases,
  certificate,
  cms,
  diskEncryption,
  firewall,
  httpRestriction,
  https,
  isolation,
  labels,
  listeningServices,
  logForwarding,
  logRetention,
  passwordAge,
  passwordPolicy,
  register,
  replication,
  reporting,
  spotChecks,
  sshAccess,
  timeSync,
  tls,
  unreachable,
  updates,
  waf,
];

export function checkKind(name: string): CheckKind | undefined {
  return checkKinds.find((kind) => kind.name === name);
}
