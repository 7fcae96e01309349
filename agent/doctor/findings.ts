/** What `waarborg doctor` can find, of an agent and of a collector: docs/troubleshooting.md has a row for each. */

export type Outcome = 'ok' | 'warning' | 'problem';

/** Each code has one outcome and, unless all is well, one thing to do. */
export const catalogue = {
  'settings.read': { outcome: 'ok' },
  'policies.read': { outcome: 'ok' },
  'policies.unread': {
    outcome: 'problem',
    todo: 'mend the document or the name of it in agent.yaml; "waarborg policy lint" says where',
  },
  'enrolment.kept': { outcome: 'ok' },
  'enrolment.missing': {
    outcome: 'problem',
    todo: 'run "waarborg enrol" as the agent’s user, with a token of the collector',
  },
  'enrolment.damaged': {
    outcome: 'problem',
    todo: 'restore the file from a backup, or move it away and enrol this host anew',
  },
  'folder.sound': { outcome: 'ok' },
  'folder.missing': {
    outcome: 'problem',
    todo: 'install the package, or make the folder for the service’s user with mode 0700',
  },
  'folder.unread': {
    outcome: 'problem',
    todo: 'run doctor as root or as the service’s user; without that nothing in it can be told',
  },
  'folder.owners': {
    outcome: 'problem',
    todo: 'give all in the folder to its owner (chown -R); run commands that write to it as that user',
  },
  'folder.open': {
    outcome: 'problem',
    todo: 'take the rights of others away (chmod 0700 for folders, 0600 for files); change keys that others could read (docs/keys.md)',
  },
  'disk.room': { outcome: 'ok' },
  'disk.little': { outcome: 'warning', todo: 'make room soon: without it nothing new is taken or kept' },
  'disk.full': { outcome: 'problem', todo: 'make room: nothing new is taken or kept until then' },
  'lock.free': { outcome: 'ok' },
  'lock.taken': { outcome: 'ok' },
  'spool.empty': { outcome: 'ok' },
  'spool.waiting': { outcome: 'warning', todo: 'nothing is lost; see what stands in the way of the collector below' },
  'spool.full': {
    outcome: 'problem',
    todo: 'mend the way to the collector, or raise limits.spoolReports and limits.spoolMegabytes: until then no new reports are made',
  },
  'spool.set-aside': {
    outcome: 'warning',
    todo: 'these can never be delivered; look at them, and remove them when you know why',
  },
  'spool.halted': {
    outcome: 'problem',
    todo: 'do not delete it: the log showed two histories. docs/witness.md and docs/recovery.md tell what to do',
  },
  'dns.resolved': { outcome: 'ok' },
  'dns.failed': {
    outcome: 'problem',
    todo: 'mend the name in collector.url, or this host’s resolver (/etc/resolv.conf)',
  },
  'tcp.connected': { outcome: 'ok' },
  'tcp.failed': { outcome: 'problem', todo: 'start the collector, or open the way to its port in firewalls between' },
  'tls.plain': { outcome: 'ok' },
  'tls.plain-far': {
    outcome: 'problem',
    todo: 'give the collector a certificate (tls in collector.yaml, or a proxy) and use https: reports and tokens cross the network in the open',
  },
  'tls.trusted': { outcome: 'ok' },
  'tls.untrusted': {
    outcome: 'problem',
    todo: 'serve the whole chain for the right name; where the authority is your own, give it as collector.ca',
  },
  'tls.failed': {
    outcome: 'problem',
    todo: 'see that TLS 1.2 or newer is spoken at that port, and that files of certificates can be read',
  },
  'tls.ending': {
    outcome: 'warning',
    todo: 'renew the certificate; the collector serves it within a minute, a proxy may need a reload',
  },
  'http.ready': { outcome: 'ok' },
  'http.unready': {
    outcome: 'problem',
    todo: 'look at the collector’s log (journalctl -u waarborg-collector) and docs/recovery.md',
  },
  'http.other': {
    outcome: 'problem',
    todo: 'see what answers at that address: a proxy before the collector must pass all paths on as they are',
  },
  'log-key.pinned': { outcome: 'ok' },
  'log-key.other': {
    outcome: 'problem',
    todo: 'this is not the log that this host was enrolled at. Ask the operator for its key; enrol anew only if he confirms the new one',
  },
  'client-certificate.kept': { outcome: 'ok' },
  'client-certificate.none': {
    outcome: 'warning',
    todo: 'wait for the next report: with its answer the collector makes one; if it stays, the agent’s log says why',
  },
  'client-certificate.missing': {
    outcome: 'problem',
    todo: 'enrol this host anew with a new token (waarborg enrol): the collector takes nothing without one (docs/keys.md)',
  },
  'client-certificate.ending': {
    outcome: 'warning',
    todo: 'deliver a report before then: with its answer the collector makes a newer one; the agent’s log says what keeps it',
  },
  'client-certificate.damaged': {
    outcome: 'problem',
    todo: 'remove the file; the collector makes another, or enrol this host anew where it takes nothing without one',
  },
  'clock.right': { outcome: 'ok' },
  'clock.off': { outcome: 'warning', todo: 'let chrony or systemd-timesyncd set the clock of the host that is wrong' },
  'clock.wrong': {
    outcome: 'problem',
    todo: 'set the clock of the host that is wrong: moments so far ahead are believed by nobody, and become unknown',
  },
  'version.same': { outcome: 'ok' },
  'version.older': {
    outcome: 'warning',
    todo: 'upgrade the agent; the collector takes reports of the version before its own (docs/upgrade.md)',
  },
  'version.newer': { outcome: 'warning', todo: 'upgrade the collector: it goes first (docs/upgrade.md)' },
  'version.restart': { outcome: 'warning', todo: 'restart the collector: what runs is not what is installed' },
  'rights.enough': { outcome: 'ok' },
  'rights.unknown': {
    outcome: 'warning',
    todo: 'run doctor as root where systemd runs the agent, or compare what starts it with docs/hardening.md',
  },
  'rights.missing': {
    outcome: 'warning',
    todo: 'switch the drop-in on (docs/hardening.md), or leave it: the check then says unknown for what it cannot read',
  },
  'witness.ready': { outcome: 'ok' },
  'witness.stopped': { outcome: 'warning', todo: 'start it: systemctl start waarborg-witness' },
  'witness.mute': {
    outcome: 'problem',
    todo: 'see what the witness’s log says (journalctl -u waarborg-witness), and start it anew',
  },
  'witness.signed': { outcome: 'ok' },
  'witness.silent': {
    outcome: 'warning',
    todo: 'see that the collector names this witness (witnesses in collector.yaml), reaches it, and runs; a log grows each day',
  },
  'witness.fork': {
    outcome: 'problem',
    todo: 'do not delete it: the log signed two histories. docs/witness.md and docs/recovery.md tell what to do',
  },
  'witness.forgetful': {
    outcome: 'problem',
    todo: 'restore witness.db from your backup: without what it remembers a witness would sign another history',
  },
  'witness-key.kept': { outcome: 'ok' },
  'witness-key.missing': {
    outcome: 'problem',
    todo: 'restore witness.key from your backup: with another key it is another witness to whoever relies on it',
  },
  'ssh.reached': { outcome: 'ok' },
  'ssh.failed': {
    outcome: 'problem',
    todo: 'mend what is named; a host key that is not the one known is to be found out of before it is believed (docs/remote.md)',
  },
  'sudo.enough': { outcome: 'ok' },
  'sudo.missing': {
    outcome: 'warning',
    todo: 'put the rules there that "waarborg remote sudoers" prints, or leave it: the check then says unknown for what it cannot read',
  },
  'collector.stopped': { outcome: 'warning', todo: 'start it: systemctl start waarborg-collector' },
  'certificate.sound': { outcome: 'ok' },
  'certificate.broken': {
    outcome: 'problem',
    todo: 'put a certificate and its own key, both in PEM and readable by the collector, where tls says; it would not start with these',
  },
  'certificate.stale': {
    outcome: 'warning',
    todo: 'wait a minute; if it stays, the collector’s log says why it cannot serve the new one',
  },
  'authority.kept': { outcome: 'ok' },
  'authority.two': {
    outcome: 'warning',
    todo: 'once every host has reported, end it: waarborg rotate authority --finish (docs/keys.md)',
  },
  'authority.ending': {
    outcome: 'warning',
    todo: 'change the authority while there is time: waarborg rotate authority (docs/keys.md)',
  },
  'authority.ended': {
    outcome: 'problem',
    todo: 'set tls.clientCertificates to optional, change the authority, and set it back once every host has reported (docs/keys.md)',
  },
  'authority.broken': {
    outcome: 'problem',
    todo: 'make it with "waarborg authority create", or mend what is said of it: the collector does not start with client certificates otherwise',
  },
  'key.kept': { outcome: 'ok' },
  'key.missing': { outcome: 'problem', todo: 'restore the file from your backup: without it the log cannot go on' },
  'store.sound': { outcome: 'ok' },
  'store.none': { outcome: 'warning', todo: 'start the collector: it makes its log then' },
  'store.unread': { outcome: 'problem', todo: 'run "waarborg scrub", and follow docs/recovery.md' },
  'guard.continues': { outcome: 'ok' },
  'guard.missing': {
    outcome: 'warning',
    todo: 'find out where it went; a start makes a new one, which knows nothing of the log before',
  },
  'guard.broken': {
    outcome: 'problem',
    todo: 'do not delete it: docs/recovery.md tells how to find out, and how to go on',
  },
} as const satisfies Readonly<
  Record<string, { readonly outcome: 'ok' } | { readonly outcome: 'warning' | 'problem'; readonly todo: string }>
>;

export type Code = keyof typeof catalogue;

/** One thing that was looked at. */
export interface Finding {
  readonly code: Code;
  /** What was seen, and what was expected where that is not it. */
  readonly seen: string;
}

export function outcomeOf({ code }: Pick<Finding, 'code'>): Outcome {
  return catalogue[code].outcome;
}

/** What to do; undefined where all is well. */
export function todoOf({ code }: Pick<Finding, 'code'>): string | undefined {
  const entry = catalogue[code];
  return 'todo' in entry ? entry.todo : undefined;
}
