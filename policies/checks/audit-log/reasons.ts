import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'audit-log.running': {
    verdict: 'pass',
    en: 'the kernel records, and {receiver} keeps the records ({lock})',
    nl: 'de kernel legt vast, en {receiver} bewaart het ({lock})',
  },
  'audit-log.container': {
    verdict: 'unknown',
    en: 'this is a container ({container}): the kernel’s audit belongs to its host; look there',
    nl: 'dit is een container ({container}): de audit van de kernel hoort bij zijn host; kijk daar',
  },
  'audit-log.off': {
    verdict: 'fail',
    en: 'the kernel records nothing (auditctl -s: enabled 0), whatever runs or is written in rules',
    nl: 'de kernel legt niets vast (auditctl -s: enabled 0), wat er ook draait of in regels staat',
  },
  'audit-log.no-receiver': {
    verdict: 'fail',
    en: 'the kernel records, and no program takes the records (auditctl -s: pid 0); start auditd',
    nl: 'de kernel legt vast, en geen programma neemt het aan (auditctl -s: pid 0); start auditd',
  },
  'audit-log.other-receiver': {
    verdict: 'unknown',
    en: 'the records go to {receiver}, and how that keeps them is not known here',
    nl: 'wat vastgelegd wordt gaat naar {receiver}, en hoe die het bewaart is hier niet bekend',
  },
  'audit-log.lost': {
    verdict: 'fail',
    en: 'records were lost since the host started (auditctl -s: lost above 0); raise the backlog (-b) or watch less',
    nl: 'sinds de host startte ging er vastlegging verloren (auditctl -s: lost boven 0); verhoog de wachtrij (-b) of leg minder vast',
  },
  'audit-log.unlocked': {
    verdict: 'fail',
    en: 'root can take the rules away without a trace of a restart; end them with -e 2',
    nl: 'root kan de regels weghalen zonder herstart; sluit ze af met -e 2',
  },
  'audit-log.tasks-exempt': {
    verdict: 'fail',
    en: 'the rule "-a never,task" keeps every process from being recorded, so no other rule works; delete it',
    nl: 'de regel "-a never,task" houdt elk proces buiten de vastlegging, dus geen andere regel werkt; verwijder die',
  },
  'audit-log.tasks-narrowed': {
    verdict: 'unknown',
    en: 'a rule exempts some processes from all recording (-a never,task with {fields})',
    nl: 'een regel houdt sommige processen buiten alle vastlegging (-a never,task met {fields})',
  },
  'audit-log.watched': {
    verdict: 'pass',
    en: 'a rule in the kernel records {permissions} under {rule}',
    nl: 'een regel in de kernel legt {permissions} vast onder {rule}',
  },
  'audit-log.unwatched': {
    verdict: 'fail',
    en: 'no rule in the kernel is about it (auditctl -l); what is in /etc/audit/rules.d does not count until it is loaded',
    nl: 'geen regel in de kernel gaat erover (auditctl -l); wat in /etc/audit/rules.d staat telt pas als het geladen is',
  },
  'audit-log.permissions': {
    verdict: 'fail',
    en: 'rules in the kernel record {permissions}, and {wanted} is asked (r read, w write, x run, a attributes)',
    nl: 'regels in de kernel leggen {permissions} vast, en {wanted} is gevraagd (r lezen, w schrijven, x uitvoeren, a eigenschappen)',
  },
  'audit-log.narrowed': {
    verdict: 'unknown',
    en: 'rules in the kernel record only part of what happens (narrowed by {fields}), so nobody can say that all is there',
    nl: 'regels in de kernel leggen maar een deel vast (beperkt door {fields}), dus niemand kan zeggen dat alles er is',
  },
  'audit-log.excepted': {
    verdict: 'fail',
    en: 'an earlier rule (never, {rule}) keeps it, or part of it, from being recorded',
    nl: 'een eerdere regel (never, {rule}) houdt het, of een deel ervan, buiten de vastlegging',
  },
  'audit-log.paths-not-set': {
    verdict: 'unknown',
    en: 'nobody said which paths have to be watched; set auditedPaths with a list {name} in agent.yaml',
    nl: 'niemand zei welke paden bewaakt moeten worden; zet auditedPaths met een lijst {name} in agent.yaml',
  },
  'audit-log.writes-nothing': {
    verdict: 'fail',
    en: 'auditd is told to keep nothing (write_logs = no)',
    nl: 'auditd moet niets bewaren (write_logs = no)',
  },
  'audit-log.full-unnoticed': {
    verdict: 'fail',
    en: 'when the disk is full or fails, records stop and nobody is told ({setting} = {value})',
    nl: 'als de schijf vol is of faalt, stopt de vastlegging zonder dat iemand het hoort ({setting} = {value})',
  },
  'audit-log.full-continues': {
    verdict: 'fail',
    en: 'when the disk is full the host goes on without a record (disk_full_action = {value}); halt or single is asked',
    nl: 'als de schijf vol is gaat de host door zonder vastlegging (disk_full_action = {value}); halt of single is gevraagd',
  },
  'audit-log.full-told': {
    verdict: 'pass',
    en: 'by /etc/audit/auditd.conf somebody is told before the disk is full ({setting} = {value})',
    nl: 'volgens /etc/audit/auditd.conf hoort iemand het voordat de schijf vol is ({setting} = {value})',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
