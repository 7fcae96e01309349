import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'accounts.known': {
    verdict: 'pass',
    en: 'it can be logged in to by {ways}, and the roster gives somebody a reason to',
    nl: 'er kan op ingelogd worden met {ways}, en de roster geeft daar iemand een reden voor',
  },
  'accounts.unknown': {
    verdict: 'fail',
    en: 'it can be logged in to by {ways}, and the roster gives nobody a reason to; add it for a person, a service or a group, or close it',
    nl: 'er kan op ingelogd worden met {ways}, en de roster geeft niemand daar een reden voor; voeg het toe bij een persoon, een dienst of een groep, of sluit het af',
  },
  'accounts.empty-password': {
    verdict: 'fail',
    en: 'no password is needed to log in',
    nl: 'er is geen wachtwoord nodig om in te loggen',
  },
  'accounts.departed-closed': {
    verdict: 'pass',
    en: 'whoever had it left on {until|day}, and it cannot be logged in to',
    nl: 'wie het had is vertrokken op {until|day}, en er kan niet op ingelogd worden',
  },
  'accounts.departed-login': {
    verdict: 'fail',
    en: 'whoever had it left on {until|day}, and it can still be logged in to by {ways}',
    nl: 'wie het had is vertrokken op {until|day}, en er kan nog op ingelogd worden met {ways}',
  },
  'accounts.departed-key': {
    verdict: 'fail',
    en: 'line {line} of {file} lets in the SSH key of somebody who left on {until|day}; remove it',
    nl: 'regel {line} van {file} laat de SSH-sleutel binnen van iemand die op {until|day} is vertrokken; verwijder die',
  },
  'accounts.key-unattributed': {
    verdict: 'unknown',
    en: 'the SSH key of line {line} of {file} is nobody’s by the roster, and the account is not one person’s own; it may be of somebody who left; list its fingerprint (ssh-keygen -lf)',
    nl: 'de SSH-sleutel op regel {line} van {file} is volgens de roster van niemand, en het account is niet van één persoon; hij kan van iemand zijn die vertrokken is; noem de vingerafdruk (ssh-keygen -lf)',
  },
  'accounts.nobody-departed': {
    verdict: 'pass',
    en: '{accounts} accounts can be logged in to; none of them, and none of their keys, is by the roster of somebody who left',
    nl: 'op {accounts} accounts kan ingelogd worden; geen daarvan, en geen van de sleutels, is volgens de roster van iemand die vertrokken is',
  },
  'accounts.key-known': {
    verdict: 'pass',
    en: 'its {keys} SSH keys are all of people or services of the roster',
    nl: 'de {keys} SSH-sleutels zijn allemaal van personen of diensten uit de roster',
  },
  'accounts.key-unknown': {
    verdict: 'fail',
    en: 'the SSH key of line {line} of {file} is nobody’s by the roster; list its fingerprint (ssh-keygen -lf), or remove it',
    nl: 'de SSH-sleutel op regel {line} van {file} is volgens de roster van niemand; noem de vingerafdruk (ssh-keygen -lf), of verwijder hem',
  },
  'accounts.no-keys': {
    verdict: 'pass',
    en: 'no SSH key lets anybody in',
    nl: 'geen SSH-sleutel laat iemand binnen',
  },
  'accounts.key-unread': {
    verdict: 'unknown',
    en: '{file} could not be read or understood, so more keys may let somebody in; run the agent with CAP_DAC_READ_SEARCH and without ProtectHome=yes',
    nl: '{file} kon niet gelezen of begrepen worden, dus er kunnen meer sleutels zijn; draai de agent met CAP_DAC_READ_SEARCH en zonder ProtectHome=yes',
  },
  'accounts.password-elsewhere': {
    verdict: 'unknown',
    en: 'it has no line in /etc/shadow, so whether a password lets somebody in cannot be told',
    nl: 'het heeft geen regel in /etc/shadow, dus of een wachtwoord iemand binnenlaat is niet te zeggen',
  },
  'accounts.keys-elsewhere': {
    verdict: 'unknown',
    en: 'it also lets in whom {command} says, which is decided outside of this host’s files',
    nl: 'hij laat ook binnen wie {command} noemt, wat buiten de bestanden van deze host wordt bepaald',
  },
  'accounts.authority-unknown': {
    verdict: 'unknown',
    en: 'it lets in whomever an authority signs a certificate for that the roster does not know; list its fingerprint under authorities',
    nl: 'hij laat binnen voor wie een autoriteit tekent die de roster niet kent; noem de vingerafdruk onder authorities',
  },
  'accounts.malformed': {
    verdict: 'unknown',
    en: 'line {line} of {file} is not in the form of its manual page, so an account may have been missed',
    nl: 'regel {line} van {file} heeft niet de vorm van de handleiding; er kan een account gemist zijn',
  },
  'accounts.directory': {
    verdict: 'unknown',
    en: 'nsswitch.conf also takes {what} from {service}, which cannot be seen from this host',
    nl: 'nsswitch.conf haalt ook {what} uit {service}, wat vanaf deze host niet te zien is',
  },
  'accounts.no-roster': {
    verdict: 'unknown',
    en: 'the agent has no roster that names people, so nobody can tell who should have access; give one, with "people: []" where nobody has an account of his own',
    nl: 'de agent heeft geen roster die personen noemt, dus niemand weet wie toegang hoort te hebben; geef er een, met "people: []" als niemand een eigen account heeft',
  },
  'accounts.root-granted': {
    verdict: 'pass',
    en: 'it becomes root by {ways}, as the roster allows',
    nl: 'het wordt root met {ways}, zoals de roster toestaat',
  },
  'accounts.root-not-granted': {
    verdict: 'fail',
    en: 'it becomes root by {ways}, and the roster does not allow that; take the right away, or set root: true for whom it is',
    nl: 'het wordt root met {ways}, en de roster staat dat niet toe; neem het recht weg, of zet root: true bij wie het hoort',
  },
  'accounts.commands-granted': {
    verdict: 'pass',
    en: 'it may run {programs} as root by {ways}, and stands in the roster',
    nl: 'het mag {programs} als root draaien met {ways}, en staat in de roster',
  },
  'accounts.commands-not-granted': {
    verdict: 'fail',
    en: 'it may run {programs} as root by {ways}, and does not stand in the roster',
    nl: 'het mag {programs} als root draaien met {ways}, en staat niet in de roster',
  },
  'accounts.root-for-everyone': {
    verdict: 'fail',
    en: 'everyone may act as root by {ways}',
    nl: 'iedereen mag als root handelen met {ways}',
  },
  'accounts.root-for-others': {
    verdict: 'unknown',
    en: '{ways} lets a netgroup or a group of a directory act as root, whose members cannot be seen from this host',
    nl: '{ways} laat een netgroup of een groep uit een directory als root handelen; de leden zijn vanaf deze host niet te zien',
  },
  'accounts.polkit-rule': {
    verdict: 'unknown',
    en: '{path} lets somebody do something without being asked for a password; this check cannot tell what; read it, and take out what is not needed',
    nl: '{path} laat iemand iets doen zonder om een wachtwoord te vragen; wat kan deze controle niet zeggen; lees het, en haal weg wat niet nodig is',
  },
  'accounts.no-root': {
    verdict: 'pass',
    en: 'of {accounts} accounts none but root itself has a way to become root that this check knows',
    nl: 'van {accounts} accounts heeft alleen root zelf een weg om root te worden die deze controle kent',
  },
  'accounts.su-open': {
    verdict: 'not-applicable',
    en: 'root has a password, and whoever knows it becomes root by su; who that is no host can tell (pam_wheel limits it to a group)',
    nl: 'root heeft een wachtwoord, en wie dat kent wordt root met su; wie dat is kan geen host zeggen (pam_wheel beperkt het tot een groep)',
  },
  'accounts.files-known': {
    verdict: 'pass',
    en: '{files} programs have rights of their own (setuid, setgid, capabilities); all are usual or came with a package',
    nl: '{files} programma’s hebben eigen rechten (setuid, setgid, capabilities); ze zijn allemaal gebruikelijk of met een pakket meegekomen',
  },
  'accounts.file-foreign': {
    verdict: 'fail',
    en: '{path} gives whoever runs it rights of its own ({has}), and came with no package; remove the right or the file',
    nl: '{path} geeft wie het draait eigen rechten ({has}), en is met geen pakket meegekomen; verwijder het recht of het bestand',
  },
  'accounts.files-not-looked': {
    verdict: 'unknown',
    en: 'the agent was not asked to look for programs with rights of their own; a run with this policy will',
    nl: 'de agent is niet gevraagd naar programma’s met eigen rechten te kijken; een run met dit beleid doet dat wel',
  },
  'accounts.uid-shared': {
    verdict: 'fail',
    en: 'the accounts {accounts} have one number, {uid}, and so are one to the system',
    nl: 'de accounts {accounts} hebben één nummer, {uid}, en zijn dus één voor het systeem',
  },
  'accounts.uids-unique': {
    verdict: 'pass',
    en: 'each of {accounts} accounts has a number of its own',
    nl: 'elk van {accounts} accounts heeft een eigen nummer',
  },
  'accounts.site-owner-shared': {
    verdict: 'fail',
    en: 'the sites {sites} belong to one account (number {uid})',
    nl: 'de sites {sites} horen bij één account (nummer {uid})',
  },
  'accounts.site-database-shared': {
    verdict: 'fail',
    en: 'the sites {sites} log in to their databases as one user',
    nl: 'de sites {sites} loggen als één gebruiker in op hun databases',
  },
  'accounts.sites-unique': {
    verdict: 'pass',
    en: 'each of {sites} sites has an owner and a database user of its own',
    nl: 'elk van {sites} sites heeft een eigen eigenaar en databasegebruiker',
  },
  'accounts.site-settings-unknown': {
    verdict: 'unknown',
    en: 'no database user was found in the settings of the site, so whether it is shared cannot be told',
    nl: 'in de instellingen van de site is geen databasegebruiker gevonden, dus of die gedeeld wordt is niet te zeggen',
  },
  'accounts.no-sites': {
    verdict: 'unknown',
    en: 'agent.yaml names no sites, so whether they share logins cannot be told; where there are none, write "sites: []"',
    nl: 'agent.yaml noemt geen sites, dus of ze logins delen is niet te zeggen; zijn er geen, schrijf dan "sites: []"',
  },
  'accounts.reviewed': {
    verdict: 'pass',
    en: 'the roster was reviewed on {reviewed|day}; at least every {maximum|duration} is expected',
    nl: 'de roster is nagelopen op {reviewed|day}; verwacht wordt minstens elke {maximum|duration}',
  },
  'accounts.review-due': {
    verdict: 'fail',
    en: 'the roster was last reviewed on {reviewed|day}; at least every {maximum|duration} is expected',
    nl: 'de roster is voor het laatst nagelopen op {reviewed|day}; verwacht wordt minstens elke {maximum|duration}',
  },
  'accounts.review-unknown': {
    verdict: 'unknown',
    en: 'the roster does not say when it was last reviewed (reviewed: a day)',
    nl: 'de roster zegt niet wanneer hij voor het laatst is nagelopen (reviewed: een dag)',
  },
  'accounts.future': {
    verdict: 'unknown',
    en: 'a day that was read, {day|day}, lies in the future: it was mistyped, or a clock was wrong',
    nl: 'een gelezen dag, {day|day}, ligt in de toekomst: hij is verkeerd getypt, of een klok stond verkeerd',
  },
  'accounts.used': {
    verdict: 'pass',
    en: 'it was last used on {used|day}; at least every {maximum|duration} is expected',
    nl: 'het is voor het laatst gebruikt op {used|day}; verwacht wordt minstens elke {maximum|duration}',
  },
  'accounts.unused': {
    verdict: 'fail',
    en: 'it was last used on {used|day}; an account that is not used for {maximum|duration} is to be closed',
    nl: 'het is voor het laatst gebruikt op {used|day}; een account dat {maximum|duration} niet gebruikt is moet dicht',
  },
  'accounts.never-used': {
    verdict: 'unknown',
    en: 'lastlog knows of no login; it may be new, or used in a way that lastlog does not see',
    nl: 'lastlog kent geen login; het kan nieuw zijn, of gebruikt op een manier die lastlog niet ziet',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
