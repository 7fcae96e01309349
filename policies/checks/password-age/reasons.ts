import { reasonsFrom, type Catalogue } from '../../reasons.ts';

/** Reasons about a password, whatever keeps it. */
const passwords = {
  'password-age.recent': {
    verdict: 'pass',
    en: 'the recorded day of change is {changed|day}; at most {maximum|duration} is allowed',
    nl: 'als dag van wijziging staat {changed|day} vast; hoogstens {maximum|duration} is toegestaan',
  },
  'password-age.recent-by-record': {
    verdict: 'pass',
    en: 'the recorded day of change is {changed|day}, which is before the agent began to watch ({since|moment}) and so is taken as it stands; at most {maximum|duration} is allowed',
    nl: 'als dag van wijziging staat {changed|day} vast; dat is voordat de agent begon te kijken ({since|moment}) en wordt dus aangenomen; hoogstens {maximum|duration} is toegestaan',
  },
  'password-age.proven': {
    verdict: 'pass',
    en: 'the agent saw another password come between {after|moment} and {seen|moment}; at most {maximum|duration} is allowed',
    nl: 'de agent heeft tussen {after|moment} en {seen|moment} een ander wachtwoord zien komen; hoogstens {maximum|duration} is toegestaan',
  },
  'password-age.too-old': {
    verdict: 'fail',
    en: 'the password was last changed on {changed|day}; it must be changed at least every {maximum|duration}',
    nl: 'het wachtwoord is voor het laatst gewijzigd op {changed|day}; dat moet minstens elke {maximum|duration}',
  },
  'password-age.unchanged-too-long': {
    verdict: 'fail',
    en: 'the password has been the same since {since|moment} or longer, as the agent saw; it must be changed at least every {maximum|duration}',
    nl: 'het wachtwoord is al sinds {since|moment} of langer hetzelfde, zag de agent; het moet minstens elke {maximum|duration} gewijzigd worden',
  },
  'password-age.kept-after-departure': {
    verdict: 'fail',
    en: 'someone who knew the password left on {departure|day}, and it was last changed on {changed|day}',
    nl: 'iemand die het wachtwoord kende is vertrokken op {departure|day}; het is voor het laatst gewijzigd op {changed|day}',
  },
  'password-age.unchanged-since-departure': {
    verdict: 'fail',
    en: 'someone who knew the password left on {departure|day}, and the agent saw that it has been the same since {since|moment} or longer',
    nl: 'iemand die het wachtwoord kende is vertrokken op {departure|day}, en de agent zag dat het al sinds {since|moment} of langer hetzelfde is',
  },
  'password-age.departure-unproven': {
    verdict: 'unknown',
    en: 'someone who knew the password left on {departure|day}, and nothing shows that it was changed since; set a new one',
    nl: 'iemand die het wachtwoord kende is vertrokken op {departure|day}, en nergens blijkt dat het sindsdien gewijzigd is; stel een nieuw in',
  },
  'password-age.empty': {
    verdict: 'fail',
    en: 'the account has an empty password: no password is needed',
    nl: 'het account heeft een leeg wachtwoord: er is geen wachtwoord nodig',
  },
  'password-age.no-day': {
    verdict: 'unknown',
    en: 'no day of change is recorded (field 3 of /etc/shadow is empty), so nobody can tell how old the password is; set a new one',
    nl: 'er is geen dag van wijziging vastgelegd (veld 3 van /etc/shadow is leeg), dus niemand weet hoe oud het wachtwoord is; stel een nieuw in',
  },
  'password-age.must-change': {
    verdict: 'unknown',
    en: 'the password must be changed at the next login; until then it is the old one, of unknown age',
    nl: 'het wachtwoord moet bij de volgende aanmelding gewijzigd worden; tot dan geldt het oude, waarvan de leeftijd onbekend is',
  },
  'password-age.not-recorded': {
    verdict: 'unknown',
    en: 'nothing here records when the password was changed, and the agent has not seen it change; it can tell from the next change on',
    nl: 'hier staat nergens wanneer het wachtwoord gewijzigd is, en de agent heeft het niet zien wijzigen; vanaf de volgende wijziging weet hij het',
  },
  'password-age.future': {
    verdict: 'unknown',
    en: 'the recorded day of change, {changed|day}, lies in the future: a clock was wrong or the day was set by hand',
    nl: 'de vastgelegde dag van wijziging, {changed|day}, ligt in de toekomst: een klok stond verkeerd of de dag is met de hand gezet',
  },
  'password-age.clock': {
    verdict: 'unknown',
    en: 'the agent noted a look at {seen|moment}, which lies in the future: its clock was wrong then or is now',
    nl: 'de agent heeft genoteerd dat hij keek op {seen|moment}, en dat ligt in de toekomst: zijn klok stond toen verkeerd of nu',
  },
  'password-age.day-unproven': {
    verdict: 'unknown',
    en: 'the recorded day of change is {changed|day}, but the password is the one that the agent saw on {since|moment}: the day was set without a change',
    nl: 'als dag van wijziging staat {changed|day} vast, maar het wachtwoord is hetzelfde als dat de agent zag op {since|moment}: de dag is gezet zonder wijziging',
  },
  'password-age.between': {
    verdict: 'unknown',
    en: 'the agent saw another password come between {after|moment} and {seen|moment}; nothing shows whether that is within {maximum|duration}',
    nl: 'de agent heeft tussen {after|moment} en {seen|moment} een ander wachtwoord zien komen; of dat binnen {maximum|duration} is, blijkt nergens',
  },
  'password-age.day-moved': {
    verdict: 'not-applicable',
    en: 'the recorded day went from {first|day} to {recorded|day} while the password stayed the same (- is no day); the change counts as first recorded',
    nl: 'de vastgelegde dag ging van {first|day} naar {recorded|day} terwijl het wachtwoord hetzelfde bleef (- is geen dag); de wijziging telt zoals eerst vastgelegd',
  },
  'password-age.expired': {
    verdict: 'not-applicable',
    en: 'the account expired on {expires|day}; its password is left out',
    nl: 'het account is verlopen op {expires|day}; het wachtwoord telt niet mee',
  },
  'password-age.no-password': {
    verdict: 'not-applicable',
    en: '{accounts} accounts are locked or have no password to log in with',
    nl: '{accounts} accounts zijn vergrendeld of hebben geen wachtwoord om mee aan te melden',
  },
} as const satisfies Catalogue;

/** Reasons about the system's own accounts and about the roster. */
const system = {
  'password-age.elsewhere': {
    verdict: 'unknown',
    en: 'the account has no line in /etc/shadow; its password, if any, is kept where this check does not look',
    nl: 'het account heeft geen regel in /etc/shadow; een eventueel wachtwoord staat waar deze controle niet kijkt',
  },
  'password-age.malformed': {
    verdict: 'unknown',
    en: 'line {line} of {file} is not in the form of its manual page, so an account may have been missed',
    nl: 'regel {line} van {file} heeft niet de vorm van de handleiding; er kan een account gemist zijn',
  },
  'password-age.directory': {
    verdict: 'unknown',
    en: 'nsswitch.conf also takes accounts from {service}; the age of passwords kept there cannot be seen from this host',
    nl: 'nsswitch.conf haalt ook accounts uit {service}; de leeftijd van wachtwoorden daar is vanaf deze host niet te zien',
  },
  'password-age.no-roster': {
    verdict: 'unknown',
    en: 'the agent has no roster, so nobody can tell whether passwords were changed when someone left; where nobody left, give an empty list of departures',
    nl: 'de agent heeft geen roster, dus niemand weet of wachtwoorden gewijzigd zijn toen iemand vertrok; is niemand vertrokken, geef dan een lege lijst (departures)',
  },
  'password-age.departure-account-absent': {
    verdict: 'unknown',
    en: 'the roster names this account for the departure of {departure|day}, and nothing that was read has such an account; correct the name, or take it out if the account was removed',
    nl: 'de roster noemt dit account bij het vertrek van {departure|day}, en nergens waar gelezen is staat zo’n account; verbeter de naam, of haal hem weg als het account verwijderd is',
  },
  'password-age.keys-only': {
    verdict: 'unknown',
    en: 'no password opens the account, but SSH keys do, and this control does not look at them; let it judge ssh-keys too, or take the keys away',
    nl: 'geen wachtwoord opent het account, maar SSH-sleutels wel, en daar kijkt deze controle niet naar; laat haar ook ssh-keys beoordelen, of haal de sleutels weg',
  },
  'password-age.no-shell': {
    verdict: 'not-applicable',
    en: '{accounts} accounts have a password but no login shell; the policy leaves them out',
    nl: '{accounts} accounts hebben een wachtwoord maar geen loginshell; het beleid laat ze buiten beschouwing',
  },
} as const satisfies Catalogue;

/** Reasons about SSH keys; the subject is the account that a key opens. */
const keys = {
  'password-age.key-recent': {
    verdict: 'pass',
    en: 'the key in line {line} of {file} came between {after|moment} and {seen|moment}; at most {maximum|duration} is allowed',
    nl: 'de sleutel op regel {line} van {file} is gekomen tussen {after|moment} en {seen|moment}; hoogstens {maximum|duration} is toegestaan',
  },
  'password-age.key-too-old': {
    verdict: 'fail',
    en: 'the key in line {line} of {file} has been there since {since|moment} or longer; it must be replaced at least every {maximum|duration}',
    nl: 'de sleutel op regel {line} van {file} staat daar al sinds {since|moment} of langer; hij moet minstens elke {maximum|duration} vervangen worden',
  },
  'password-age.key-of-departed': {
    verdict: 'fail',
    en: 'the key in line {line} of {file} is that of someone who left on {departure|day}; take it away',
    nl: 'de sleutel op regel {line} van {file} is van iemand die vertrokken is op {departure|day}; haal hem weg',
  },
  'password-age.key-unproven': {
    verdict: 'unknown',
    en: 'nothing shows since when the key in line {line} of {file} has been there: it was, when the agent first looked',
    nl: 'nergens blijkt sinds wanneer de sleutel op regel {line} van {file} er staat: hij stond er al toen de agent voor het eerst keek',
  },
  'password-age.key-unattributed': {
    verdict: 'unknown',
    en: 'the key in line {line} of {file} may be that of someone who left on {departure|day}: the roster does not say whose it is',
    nl: 'de sleutel op regel {line} van {file} kan van iemand zijn die vertrokken is op {departure|day}: de roster zegt niet van wie hij is',
  },
  'password-age.key-clock': {
    verdict: 'unknown',
    en: 'the agent noted a look at SSH keys at {seen|moment}, which lies in the future: its clock was wrong then or is now',
    nl: 'de agent heeft genoteerd dat hij naar SSH-sleutels keek op {seen|moment}, en dat ligt in de toekomst: zijn klok stond toen verkeerd of nu',
  },
  'password-age.keys-unreadable': {
    verdict: 'unknown',
    en: '{file} cannot be read, so nobody can tell which SSH keys open the account; the agent needs root or CAP_DAC_READ_SEARCH, and sight of home folders',
    nl: '{file} is niet te lezen, dus niemand weet welke SSH-sleutels het account openen; de agent heeft root of CAP_DAC_READ_SEARCH nodig, en zicht op thuismappen',
  },
  'password-age.key-malformed': {
    verdict: 'unknown',
    en: 'line {line} of {file} is no key in a form of sshd(8)',
    nl: 'regel {line} van {file} is geen sleutel in een vorm van sshd(8)',
  },
  'password-age.keys-elsewhere': {
    verdict: 'unknown',
    en: 'sshd also takes keys from {what}; which these are and how old cannot be seen here',
    nl: 'sshd haalt ook sleutels uit {what}; welke dat zijn en hoe oud is hier niet te zien',
  },
  'password-age.keys-ended': {
    verdict: 'not-applicable',
    en: '{keys} SSH keys open nothing any more: their expiry-time or their account has ended',
    nl: '{keys} SSH-sleutels openen niets meer: hun expiry-time of hun account is verlopen',
  },
  'password-age.keys-no-shell': {
    verdict: 'not-applicable',
    en: '{keys} SSH keys are listed for accounts without a login shell; the policy leaves them out',
    nl: '{keys} SSH-sleutels staan bij accounts zonder loginshell; het beleid laat ze buiten beschouwing',
  },
  'password-age.no-keys': {
    verdict: 'not-applicable',
    en: 'no SSH key is listed for any account',
    nl: 'voor geen enkel account staat er een SSH-sleutel',
  },
} as const satisfies Catalogue;

/** Reasons about stores of agent.yaml; the subject is the store, or the store and an account of it. */
const stores = {
  'password-age.no-stores': {
    verdict: 'unknown',
    en: 'agent.yaml does not say which {group} there are (passwordStores); where there are none, give an empty list',
    nl: 'agent.yaml zegt niet welke {group} er zijn (passwordStores); zijn ze er niet, geef dan een lege lijst',
  },
  'password-age.none-declared': {
    verdict: 'not-applicable',
    en: 'agent.yaml names no {group} among its passwordStores',
    nl: 'agent.yaml noemt geen {group} onder passwordStores',
  },
  'password-age.undeclared': {
    verdict: 'unknown',
    en: '{software} runs on this host, and agent.yaml does not name it among its passwordStores',
    nl: '{software} draait op deze host, en agent.yaml noemt het niet onder passwordStores',
  },
  'password-age.open': {
    verdict: 'fail',
    en: 'no password is needed to get in ({how})',
    nl: 'er is geen wachtwoord nodig om binnen te komen ({how})',
  },
  'password-age.kept-by': {
    verdict: 'unknown',
    en: 'the password is kept by {where}, where this check does not look',
    nl: 'het wachtwoord wordt bewaard door {where}, waar deze controle niet kijkt',
  },
  'password-age.not-begun': {
    verdict: 'not-applicable',
    en: 'the account opens nothing before {begins|moment}',
    nl: 'het account opent niets vóór {begins|moment}',
  },
  'password-age.nobody-found': {
    verdict: 'unknown',
    en: 'no account was found, so that this may not be where they are kept',
    nl: 'er is geen account gevonden, zodat dit niet de plek hoeft te zijn waar ze staan',
  },
} as const satisfies Catalogue;

export const reasons = { ...passwords, ...system, ...keys, ...stores } as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
