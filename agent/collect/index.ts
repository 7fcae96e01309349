import { accountsCollector } from './accounts.ts';
import { anomaliesCollector } from './anomalies/index.ts';
import { auditLogCollector } from './audit-log/index.ts';
import { availabilityCollector } from './availability.ts';
import { backupCollector } from './backup/index.ts';
import { capacityCollector } from './capacity/index.ts';
import { bruteForceCollector } from './brute-force/index.ts';
import { certificateCollector } from './certificate.ts';
import { cmsCollector } from './cms.ts';
import type { Collector } from './collector.ts';
import { diskEncryptionCollector } from './disk-encryption/index.ts';
import { firewallCollector } from './firewall.ts';
import { httpRestrictionCollector } from './http-restriction/index.ts';
import { httpsCollector } from './https.ts';
import { isolationCollector } from './isolation/index.ts';
import { labelsCollector } from './labels.ts';
import { listeningServicesCollector } from './listening-services.ts';
import { logForwardingCollector } from './log-forwarding/index.ts';
import { logRetentionCollector } from './log-retention/index.ts';
import { passwordAgeCollector } from './password-age.ts';
import { passwordPolicyCollector } from './password-policy.ts';
import { replicationCollector } from './replication/index.ts';
import { sshAccessCollector } from './ssh-access.ts';
import { timeSyncCollector } from './time-sync/index.ts';
import { tlsCollector } from './tls.ts';
import { unreachableCollector } from './unreachable.ts';
import { updatesCollector } from './updates/index.ts';
import { wafCollector } from './waf/index.ts';

/** Every collector, one line each. */
export const collectors: readonly Collector[] = [
  accountsCollector,
  anomaliesCollector,
  auditLogCollector,
  availabilityCollector,
  backupCollector,
  bruteForceCollector,
  capacityCollector,
  certificateCollector,
  cmsCollector,
  diskEncryptionCollector,
  firewallCollector,
  httpRestrictionCollector,
  httpsCollector,
  isolationCollector,
  labelsCollector,
  listeningServicesCollector,
  logForwardingCollector,
  logRetentionCollector,
  passwordAgeCollector,
  passwordPolicyCollector,
  replicationCollector,
  sshAccessCollector,
  timeSyncCollector,
  tlsCollector,
  unreachableCollector,
  updatesCollector,
  wafCollector,
];
