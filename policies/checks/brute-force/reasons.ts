import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const bruteForceReasons = {
  ...obstacleReasons,
  'brute-force.protected': {
    verdict: 'pass',
    en: '{service} on port {ports} is protected by {guards}',
    nl: '{service} op poort {ports} wordt beschermd door {guards}',
  },
  'brute-force.not-listening': {
    verdict: 'not-applicable',
    en: 'no {service} listens for others on this host',
    nl: 'op deze host luistert geen {service} voor anderen',
  },
  'brute-force.listening-unclear': {
    verdict: 'unknown',
    en: 'whether {service} listens cannot be told: nobody knows which program has port {ports}; run the agent as root',
    nl: 'of {service} luistert is niet te zeggen: onbekend is welk programma poort {ports} heeft; draai de agent als root',
  },
  'brute-force.unprotected': {
    verdict: 'fail',
    en: 'nothing bans who guesses passwords for {service} on port {ports}; a jail or a guard for it is expected',
    nl: 'niets weert wie wachtwoorden raadt voor {service} op poort {ports}; verwacht: een jail of een bewaker ervoor',
  },
  'brute-force.no-guard': {
    verdict: 'fail',
    en: 'no program that bans runs (looked for fail2ban, sshguard, CrowdSec, cPHulk and DirectAdmin)',
    nl: 'er draait geen programma dat weert (gezocht naar fail2ban, sshguard, CrowdSec, cPHulk en DirectAdmin)',
  },
  'brute-force.stopped': {
    verdict: 'fail',
    en: 'fail2ban is installed and its server does not run',
    nl: 'fail2ban is geïnstalleerd, maar de server ervan draait niet',
  },
  'brute-force.jail-works': {
    verdict: 'pass',
    en: 'jail {jail} reads {source} and bans for {ban} s after {attempts} failures by {actions}; banned since it started: {bans}',
    nl: 'jail {jail} leest {source} en weert {ban} s na {attempts} mislukte pogingen met {actions}; geweerd sinds de start: {bans}',
  },
  'brute-force.no-source': {
    verdict: 'fail',
    en: '{guard} reads no log at all',
    nl: '{guard} leest helemaal geen log',
  },
  'brute-force.log-missing': {
    verdict: 'fail',
    en: '{guard} reads {path}, which does not exist',
    nl: '{guard} leest {path}, en dat bestaat niet',
  },
  'brute-force.log-unwritten': {
    verdict: 'fail',
    en: '{guard} reads {path}, which nobody wrote since {on|day}; within {maximum|duration} is expected (do logins go to the journal? then use backend = systemd)',
    nl: '{guard} leest {path}, waarin niemand meer schreef sinds {on|day}; verwacht: binnen {maximum|duration} (gaan aanmeldingen naar het journaal? gebruik dan backend = systemd)',
  },
  'brute-force.log-silent': {
    verdict: 'unknown',
    en: '{guard} reads {path}, last written on {on|day}; nobody can tell whether {service} still writes there',
    nl: '{guard} leest {path}, het laatst beschreven op {on|day}; niet te zeggen is of {service} daar nog in schrijft',
  },
  'brute-force.log-empty': {
    verdict: 'unknown',
    en: '{guard} reads {path}, which is empty: nothing shows that logins are written there',
    nl: '{guard} leest {path}, en dat is leeg: niets laat zien dat aanmeldingen daar terechtkomen',
  },
  'brute-force.log-future': {
    verdict: 'unknown',
    en: '{guard} reads {source}, last written on {on|day}, which lies in the future; a clock is or was wrong',
    nl: '{guard} leest {source}, het laatst beschreven op {on|day}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'brute-force.journal-empty': {
    verdict: 'fail',
    en: '{guard} reads the journal by {match}, and no entry matches that',
    nl: '{guard} leest het journaal met {match}, en geen regel past daarbij',
  },
  'brute-force.journal-silent': {
    verdict: 'unknown',
    en: '{guard} reads the journal by {match}, whose newest entry is of {on|day}; within {maximum|duration} is expected',
    nl: '{guard} leest het journaal met {match}, waarvan de nieuwste regel van {on|day} is; verwacht: binnen {maximum|duration}',
  },
  'brute-force.no-action': {
    verdict: 'fail',
    en: 'jail {jail} notices and does not ban: none of its actions ({actions}) closes anything',
    nl: 'jail {jail} merkt op maar weert niet: geen van de acties ({actions}) sluit iets af',
  },
  'brute-force.action-unclear': {
    verdict: 'unknown',
    en: 'jail {jail} bans by {actions}, and whether that closes anything cannot be read',
    nl: 'jail {jail} weert met {actions}, en of dat iets afsluit is niet te lezen',
  },
  'brute-force.ban-ineffective': {
    verdict: 'fail',
    en: '{guard} has banned, but in the kernel {what}: who is banned comes in all the same (was the firewall reloaded?)',
    nl: '{guard} heeft geweerd, maar in de kernel {what}: wie geweerd is komt toch binnen (is de firewall herladen?)',
  },
  'brute-force.port-open': {
    verdict: 'fail',
    en: 'jail {jail} closes the ports {closes}, and {service} listens on {port}',
    nl: 'jail {jail} sluit de poorten {closes}, en {service} luistert op {port}',
  },
  'brute-force.port-unclear': {
    verdict: 'unknown',
    en: 'jail {jail} closes the ports {closes}; whether {port} of {service} is among them cannot be told',
    nl: 'jail {jail} sluit de poorten {closes}; of {port} van {service} daarbij is, is niet te zeggen',
  },
  'brute-force.ignores-everyone': {
    verdict: 'fail',
    en: 'jail {jail} ignores {networks}, and so bans hardly anybody',
    nl: 'jail {jail} negeert {networks} en weert dus bijna niemand',
  },
  'brute-force.ban-short': {
    verdict: 'fail',
    en: '{guard} bans for {ban|duration}; at least {minimum|duration} is expected',
    nl: '{guard} weert {ban|duration}; verwacht: minstens {minimum|duration}',
  },
  'brute-force.attempts': {
    verdict: 'fail',
    en: 'jail {jail} bans after {attempts} failures within {find} s; at most {maximum} failures, counted over at least 60 s, are expected',
    nl: 'jail {jail} weert na {attempts} mislukte pogingen binnen {find} s; verwacht: hoogstens {maximum}, geteld over minstens 60 s',
  },
  'brute-force.sshguard-works': {
    verdict: 'pass',
    en: 'sshguard reads {source} and bans by {backend}',
    nl: 'sshguard leest {source} en weert met {backend}',
  },
  'brute-force.sshguard-broken': {
    verdict: 'fail',
    en: 'sshguard does not work as a whole: {missing} does not run',
    nl: 'sshguard werkt niet als geheel: {missing} draait niet',
  },
  'brute-force.sshguard-unclear': {
    verdict: 'unknown',
    en: 'sshguard runs; what it reads, or how it bans ({backend}), cannot be read',
    nl: 'sshguard draait; wat het leest, of hoe het weert ({backend}), is niet te lezen',
  },
  'brute-force.crowdsec-works': {
    verdict: 'pass',
    en: 'CrowdSec understood lines of {parsers}, and {bouncers} fetched its decisions on {on|day}',
    nl: 'CrowdSec begreep regels van {parsers}, en {bouncers} haalde op {on|day} de besluiten op',
  },
  'brute-force.crowdsec-no-bouncer': {
    verdict: 'fail',
    en: 'CrowdSec decides, and nothing carries that out: no bouncer fetched decisions within the last two days',
    nl: 'CrowdSec besluit, maar niets voert het uit: geen bouncer haalde de laatste twee dagen besluiten op',
  },
  'brute-force.crowdsec-future': {
    verdict: 'unknown',
    en: 'a bouncer of CrowdSec fetched decisions on {on|day}, which lies in the future; a clock is or was wrong',
    nl: 'een bouncer van CrowdSec haalde besluiten op op {on|day}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'brute-force.crowdsec-not-understood': {
    verdict: 'unknown',
    en: 'CrowdSec runs and has understood no line of {service} since it started; is its log acquired, and its collection installed?',
    nl: 'CrowdSec draait en begreep sinds de start geen regel van {service}; wordt het log gelezen, en is de collectie geïnstalleerd?',
  },
  'brute-force.cphulk-on': {
    verdict: 'pass',
    en: 'cPHulk runs and says that it is on',
    nl: 'cPHulk draait en zegt dat het aan staat',
  },
  'brute-force.cphulk-off': {
    verdict: 'fail',
    en: 'cPHulk says that it is off',
    nl: 'cPHulk zegt dat het uit staat',
  },
  'brute-force.directadmin-off': {
    verdict: 'fail',
    en: 'DirectAdmin does not scan for failed logins (brute_force_log_scanner)',
    nl: 'DirectAdmin zoekt niet naar mislukte aanmeldingen (brute_force_log_scanner)',
  },
  'brute-force.directadmin-no-block': {
    verdict: 'fail',
    en: 'DirectAdmin notices failed logins and blocks nobody: there is no scripts/custom/block_ip.sh',
    nl: 'DirectAdmin merkt mislukte aanmeldingen op en weert niemand: er is geen scripts/custom/block_ip.sh',
  },
  'brute-force.directadmin-unclear': {
    verdict: 'unknown',
    en: 'by its files DirectAdmin scans for failed logins and has a script that blocks; whether that script works cannot be read',
    nl: 'volgens de bestanden zoekt DirectAdmin naar mislukte aanmeldingen en is er een script dat weert; of dat werkt is niet te lezen',
  },
  'brute-force.no-detection': {
    verdict: 'fail',
    en: 'no intrusion detection was found (looked for Suricata, Snort, Wazuh, OSSEC and AIDE)',
    nl: 'er is geen inbraakdetectie gevonden (gezocht naar Suricata, Snort, Wazuh, OSSEC en AIDE)',
  },
  'brute-force.suricata-works': {
    verdict: 'pass',
    en: 'Suricata watches {interfaces} with {rules} rules, written at {written|moment}',
    nl: 'Suricata bewaakt {interfaces} met {rules} regels, geschreven op {written|moment}',
  },
  'brute-force.no-rules': {
    verdict: 'fail',
    en: 'Suricata runs and has no rule loaded ({failed} could not be)',
    nl: 'Suricata draait en heeft geen regel geladen ({failed} konden niet)',
  },
  'brute-force.rules-old': {
    verdict: 'fail',
    en: 'the rules of Suricata are of {written|moment}; within {maximum|duration} is expected',
    nl: 'de regels van Suricata zijn van {written|moment}; verwacht: binnen {maximum|duration}',
  },
  'brute-force.rules-not-loaded': {
    verdict: 'fail',
    en: 'Suricata loaded its rules at {loaded|moment}, and they were written anew at {written|moment}',
    nl: 'Suricata laadde de regels op {loaded|moment}, en ze zijn opnieuw geschreven op {written|moment}',
  },
  'brute-force.no-interface': {
    verdict: 'fail',
    en: '{program} is told to watch {interfaces}, and none of them exists and is up',
    nl: '{program} moet {interfaces} bewaken, en geen ervan bestaat en staat aan',
  },
  'brute-force.queue-unclear': {
    verdict: 'unknown',
    en: '{program} takes packets from {interfaces}; whether the firewall hands it any cannot be seen',
    nl: '{program} neemt pakketten van {interfaces}; of de firewall die daar aanbiedt is niet te zien',
  },
  'brute-force.detection-silent': {
    verdict: 'unknown',
    en: '{program} last wrote {path} on {on|day}; within {maximum|duration} is expected, and nobody can tell where its alerts go',
    nl: '{program} schreef {path} het laatst op {on|day}; verwacht: binnen {maximum|duration}, en niet te zeggen is waar meldingen blijven',
  },
  'brute-force.snort-unclear': {
    verdict: 'unknown',
    en: 'Snort runs on {interfaces}; it tells nobody which rules it has loaded',
    nl: 'Snort draait op {interfaces}; het vertelt niemand welke regels geladen zijn',
  },
  'brute-force.manager-connected': {
    verdict: 'pass',
    en: '{program} is connected to its manager, which last answered on {on|day}',
    nl: '{program} is verbonden met de manager, die het laatst antwoordde op {on|day}',
  },
  'brute-force.manager-lost': {
    verdict: 'fail',
    en: '{program} runs and is not connected to its manager (status {status}, last answer on {on})',
    nl: '{program} draait en is niet verbonden met de manager (status {status}, laatste antwoord op {on})',
  },
  'brute-force.aide-works': {
    verdict: 'pass',
    en: 'AIDE last compared at {ended|moment} and found {found}; its database is of {database|moment}',
    nl: 'AIDE vergeleek het laatst op {ended|moment} en vond {found}; de database is van {database|moment}',
  },
  'brute-force.aide-old': {
    verdict: 'fail',
    en: 'AIDE last compared at {ended|moment}; within {maximum|duration} is expected',
    nl: 'AIDE vergeleek het laatst op {ended|moment}; verwacht: binnen {maximum|duration}',
  },
  'brute-force.aide-unfinished': {
    verdict: 'fail',
    en: 'the last report of AIDE tells no outcome: it did not come to its end',
    nl: 'het laatste verslag van AIDE noemt geen uitkomst: het kwam niet tot een einde',
  },
  'brute-force.aide-no-database': {
    verdict: 'fail',
    en: 'AIDE is installed and has no database to compare with (aideinit)',
    nl: 'AIDE is geïnstalleerd en heeft geen database om mee te vergelijken (aideinit)',
  },
  'brute-force.aide-never': {
    verdict: 'fail',
    en: 'AIDE is installed, and there is no report of a comparison (/var/log/aide/aide.log)',
    nl: 'AIDE is geïnstalleerd, en er is geen verslag van een vergelijking (/var/log/aide/aide.log)',
  },
  'brute-force.moment-future': {
    verdict: 'unknown',
    en: '{program} tells of {moment}, which lies in the future; a clock is or was wrong',
    nl: '{program} noemt {moment}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(bruteForceReasons);
