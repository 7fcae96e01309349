import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'isolation.one-customer': {
    verdict: 'pass',
    en: 'all {sites} sites belong to one customer, as agent.yaml says',
    nl: 'alle {sites} sites horen bij één klant, zoals agent.yaml zegt',
  },
  'isolation.one-site': {
    verdict: 'pass',
    en: 'it is the only site here, so there is nobody to hold it apart from',
    nl: 'het is hier de enige site, dus er is niemand om haar van te scheiden',
  },
  'isolation.own-user': {
    verdict: 'pass',
    en: 'its programs run as {user}, and no other customer’s do',
    nl: 'haar programma’s draaien als {user}, en die van geen andere klant',
  },
  'isolation.static': {
    verdict: 'pass',
    en: 'no program runs for it: the web server gives out files alone',
    nl: 'er draait geen programma voor: de webserver geeft alleen bestanden uit',
  },
  'isolation.shared-pool': {
    verdict: 'fail',
    en: 'its programs run in pool {pool}, as do those of {others} other customers',
    nl: 'haar programma’s draaien in pool {pool}, net als die van {others} andere klanten',
  },
  'isolation.shared-user': {
    verdict: 'fail',
    en: 'its programs run as {user}, as do those of {others} other customers',
    nl: 'haar programma’s draaien als {user}, net als die van {others} andere klanten',
  },
  'isolation.web-user': {
    verdict: 'fail',
    en: 'its programs run as {user}, the web server’s own user, who can read what every site serves',
    nl: 'haar programma’s draaien als {user}, de gebruiker van de webserver zelf, die kan lezen wat elke site uitgeeft',
  },
  'isolation.module': {
    verdict: 'fail',
    en: 'Apache runs its programs itself (mod_php, CGI without suEXEC), as one user for all customers',
    nl: 'Apache draait haar programma’s zelf (mod_php, CGI zonder suEXEC), als één gebruiker voor alle klanten',
  },
  'isolation.other-user': {
    verdict: 'unknown',
    en: 'pool {pool} is to run as {user}, and runs as {actual}; reload PHP-FPM',
    nl: 'pool {pool} moet als {user} draaien en draait als {actual}; laad PHP-FPM opnieuw',
  },
  'isolation.no-pool': {
    verdict: 'unknown',
    en: 'its programs run behind {address}, where no pool of a running PHP-FPM listens, so nobody can tell as whom',
    nl: 'haar programma’s draaien achter {address}, waar geen pool van een draaiende PHP-FPM luistert, dus niemand kan zeggen als wie',
  },
  'isolation.proxied': {
    verdict: 'unknown',
    en: 'requests are handed on to {address}; as whom programs run there cannot be told from here',
    nl: 'verzoeken gaan door naar {address}; als wie programma’s daar draaien is van hieruit niet te zien',
  },
  'isolation.no-sites': {
    verdict: 'unknown',
    en: 'no web server that is known (nginx, Apache) serves a site here',
    nl: 'geen bekende webserver (nginx, Apache) bedient hier een site',
  },
  'isolation.pool-closed': {
    verdict: 'pass',
    en: 'only its own web server may speak with it ({address})',
    nl: 'alleen zijn eigen webserver mag ermee spreken ({address})',
  },
  'isolation.pool-open': {
    verdict: 'fail',
    en: 'other accounts may speak with it ({address}, open to {openTo}), and so run programs as {user}',
    nl: 'andere accounts mogen ermee spreken ({address}, open voor {openTo}), en zo programma’s draaien als {user}',
  },
  'isolation.home-closed': {
    verdict: 'pass',
    en: 'other accounts may not look into its home folder',
    nl: 'andere accounts mogen niet in zijn thuismap kijken',
  },
  'isolation.home-open': {
    verdict: 'fail',
    en: 'its home folder is open to {openTo}; mode 0750 or 0711, and a group of its own, keep others out',
    nl: 'zijn thuismap staat open voor {openTo}; rechten 0750 of 0711, en een eigen groep, houden anderen buiten',
  },
  'isolation.secrets-closed': {
    verdict: 'pass',
    en: 'other accounts may not read its files with passwords: {files}',
    nl: 'andere accounts mogen haar bestanden met wachtwoorden niet lezen: {files}',
  },
  'isolation.secret-open': {
    verdict: 'fail',
    en: '{file} is open to {openTo}, and passwords stand in it; mode 0600 or 0640 keeps others out',
    nl: '{file} staat open voor {openTo}, en er staan wachtwoorden in; rechten 0600 of 0640 houden anderen buiten',
  },
  'isolation.caged': {
    verdict: 'pass',
    en: 'CageFS holds the accounts of all sites apart, whatever permissions say',
    nl: 'CageFS houdt de accounts van alle sites uit elkaar, wat rechten ook zeggen',
  },
  'isolation.temporary-own': {
    verdict: 'pass',
    en: 'it keeps sessions and uploads in folders of its own',
    nl: 'zij bewaart sessies en uploads in eigen mappen',
  },
  'isolation.temporary-shared': {
    verdict: 'fail',
    en: 'it keeps {what} in {folder}, as other users’ pools do',
    nl: 'zij bewaart {what} in {folder}, net als pools van andere gebruikers',
  },
  'isolation.processes-hidden': {
    verdict: 'pass',
    en: 'accounts do not see each other’s processes',
    nl: 'accounts zien elkaars processen niet',
  },
  'isolation.processes-visible': {
    verdict: 'fail',
    en: 'accounts see each other’s processes, with what stands on their command lines; mount /proc with hidepid=2',
    nl: 'accounts zien elkaars processen, met wat er op hun opdrachtregels staat; koppel /proc met hidepid=2',
  },
  'isolation.cross-refused': {
    verdict: 'pass',
    en: '{reader} tried to read {file}, and was refused',
    nl: '{reader} probeerde {file} te lezen en werd geweigerd',
  },
  'isolation.cross-read': {
    verdict: 'fail',
    en: '{reader} could read {file}',
    nl: '{reader} kon {file} lezen',
  },
  'isolation.cross-not-allowed': {
    verdict: 'unknown',
    en: 'the agent may not try to read with the rights of sites; set isolation.crossRead in agent.yaml',
    nl: 'de agent mag niet met de rechten van sites proberen te lezen; zet isolation.crossRead in agent.yaml',
  },
  'isolation.cross-none': {
    verdict: 'unknown',
    en: 'there are no two sites with accounts of their own that could be tried on each other',
    nl: 'er zijn geen twee sites met eigen accounts die op elkaar geprobeerd kunnen worden',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
