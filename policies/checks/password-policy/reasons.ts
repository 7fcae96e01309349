import { reasonsFrom, type Catalogue } from '../../reasons.ts';

/** Kinds of characters are written `a-z A-Z 0-9 #` in values, which says the same in every language. */
export const reasons = {
  'password-policy.length': {
    verdict: 'pass',
    en: 'a new password must have at least {found} characters; {minimum} are asked for',
    nl: 'een nieuw wachtwoord moet minstens {found} tekens hebben; gevraagd zijn er {minimum}',
  },
  'password-policy.length-short': {
    verdict: 'fail',
    en: 'only {found} characters are asked of a new password; the policy wants at least {minimum}',
    nl: 'van een nieuw wachtwoord worden maar {found} tekens gevraagd; het beleid wil er minstens {minimum}',
  },
  'password-policy.kinds': {
    verdict: 'pass',
    en: 'a new password must have characters of each kind asked for: {kinds}',
    nl: 'een nieuw wachtwoord moet tekens van elke gevraagde soort hebben: {kinds}',
  },
  'password-policy.kinds-missing': {
    verdict: 'fail',
    en: 'a new password is taken without characters of these kinds: {kinds}',
    nl: 'een nieuw wachtwoord wordt aangenomen zonder tekens van deze soorten: {kinds}',
  },
  'password-policy.classes': {
    verdict: 'pass',
    en: 'a new password must mix at least {found} of the four kinds of characters; {minimum} are asked for',
    nl: 'een nieuw wachtwoord moet minstens {found} van de vier soorten tekens mengen; gevraagd zijn er {minimum}',
  },
  'password-policy.classes-few': {
    verdict: 'fail',
    en: 'only {found} of the four kinds of characters are asked of a new password; the policy wants at least {minimum}',
    nl: 'van een nieuw wachtwoord worden maar {found} van de vier soorten tekens gevraagd; het beleid wil er minstens {minimum}',
  },
  'password-policy.history': {
    verdict: 'pass',
    en: 'the last {found} passwords are refused; {minimum} are asked for',
    nl: 'de laatste {found} wachtwoorden worden geweigerd; gevraagd zijn er {minimum}',
  },
  'password-policy.history-short': {
    verdict: 'fail',
    en: 'only the last {found} passwords are refused; at least {minimum} are asked for (pam_pwhistory with remember={minimum})',
    nl: 'alleen de laatste {found} wachtwoorden worden geweigerd; gevraagd zijn er minstens {minimum} (pam_pwhistory met remember={minimum})',
  },
  'password-policy.dictionary': {
    verdict: 'pass',
    en: 'a new password is looked up in a dictionary',
    nl: 'een nieuw wachtwoord wordt in een woordenlijst opgezocht',
  },
  'password-policy.dictionary-missing': {
    verdict: 'fail',
    en: 'words of a dictionary are taken for a new password',
    nl: 'woorden uit een woordenlijst worden als nieuw wachtwoord aangenomen',
  },
  'password-policy.root-exempt': {
    verdict: 'fail',
    en: 'root can set a password that the policy refuses ({demands}); the module that checks it needs enforce_for_root',
    nl: 'root kan een wachtwoord instellen dat het beleid weigert ({demands}); de module die het toetst heeft enforce_for_root nodig',
  },
  'password-policy.depends': {
    verdict: 'unknown',
    en: 'whether {demands} is asked of a new password depends on what {modules} answers, which cannot be told beforehand',
    nl: 'of {demands} van een nieuw wachtwoord gevraagd wordt hangt af van wat {modules} antwoordt, en dat is vooraf niet te zeggen',
  },
  'password-policy.sets-nothing': {
    verdict: 'not-applicable',
    en: 'no password of this host can be set through this service',
    nl: 'via deze dienst kan geen wachtwoord van deze host worden ingesteld',
  },
  'password-policy.root-only': {
    verdict: 'not-applicable',
    en: 'only root sets passwords through this service, and the policy leaves root out',
    nl: 'alleen root stelt via deze dienst wachtwoorden in, en het beleid laat root buiten beschouwing',
  },
  'password-policy.no-way': {
    verdict: 'unknown',
    en: 'no service was found through which passwords are set, so nothing shows what is asked of them',
    nl: 'er is geen dienst gevonden waarmee wachtwoorden worden ingesteld, dus niets laat zien wat ervan gevraagd wordt',
  },
  'password-policy.too-many-ways': {
    verdict: 'unknown',
    en: 'there are too many ways through this stack to judge it; it names modules whose answer cannot be told: {modules}',
    nl: 'er zijn te veel wegen door deze stapel om hem te beoordelen; hij noemt modules waarvan het antwoord niet te zeggen is: {modules}',
  },
  'password-policy.directory': {
    verdict: 'unknown',
    en: 'accounts of a directory set their passwords through {module}; what is asked of those cannot be seen from this host',
    nl: 'accounts uit een directory stellen hun wachtwoord in via {module}; wat daarvan gevraagd wordt is vanaf deze host niet te zien',
  },
  'password-policy.no-pam': {
    verdict: 'unknown',
    en: 'this host has no PAM configuration; what login.defs asks then is known to the programs that read it, and not judged here',
    nl: 'deze host heeft geen PAM-configuratie; wat login.defs dan vraagt weten de programma’s die het lezen, en wordt hier niet beoordeeld',
  },
  'password-policy.settings-stopped': {
    verdict: 'unknown',
    en: 'libpwquality stops at line {line} of {file}, which it does not understand: what follows does not count; mend the line',
    nl: 'libpwquality stopt bij regel {line} van {file}, die het niet begrijpt: wat volgt telt niet; herstel de regel',
  },
  'password-policy.pwquality-version': {
    verdict: 'unknown',
    en: 'the version of libpwquality is {version}; how 1.4 and later read their settings is known here',
    nl: 'de versie van libpwquality is {version}; bekend is hier hoe 1.4 en later hun instellingen lezen',
  },
  'password-policy.other-file': {
    verdict: 'unknown',
    en: '{module} reads its settings from another file (conf=), which is not read here',
    nl: '{module} leest zijn instellingen uit een ander bestand (conf=), dat hier niet gelezen wordt',
  },
  'password-policy.samples': {
    verdict: 'pass',
    en: 'pwscore refused the {refused} weak samples and took the strong one, as the settings of libpwquality say',
    nl: 'pwscore weigerde de {refused} zwakke proefwachtwoorden en nam het sterke aan, zoals de instellingen van libpwquality zeggen',
  },
  'password-policy.sample-taken': {
    verdict: 'unknown',
    en: 'pwscore takes a sample of {length} characters ({kinds}) that the settings of libpwquality seem to refuse: it does not read what was read here',
    nl: 'pwscore neemt een proefwachtwoord van {length} tekens ({kinds}) aan dat de instellingen van libpwquality lijken te weigeren: het leest niet wat hier gelezen is',
  },
  'password-policy.not-tried': {
    verdict: 'not-applicable',
    en: 'no samples were tried, because pwscore is not there or refuses a strong one too; the verdict rests on the configuration',
    nl: 'er zijn geen proefwachtwoorden geprobeerd, omdat pwscore er niet is of ook een sterk weigert; het oordeel rust op de configuratie',
  },
  'password-policy.lockout': {
    verdict: 'pass',
    en: 'accounts are locked after {found} wrong passwords; at most {attempts} are allowed',
    nl: 'accounts worden vergrendeld na {found} foute wachtwoorden; hoogstens {attempts} zijn toegestaan',
  },
  'password-policy.no-lockout': {
    verdict: 'fail',
    en: 'accounts are not locked after {attempts} wrong passwords for {duration|duration} or longer; pam_faillock must stand before (preauth) and behind (authfail) the module that asks for the password',
    nl: 'accounts worden na {attempts} foute wachtwoorden niet vergrendeld voor {duration|duration} of langer; pam_faillock moet voor (preauth) en achter (authfail) de module staan die naar het wachtwoord vraagt',
  },
  'password-policy.sshd-without-pam': {
    verdict: 'fail',
    en: 'sshd takes passwords without asking PAM (UsePAM no), so that nothing counts the wrong ones',
    nl: 'sshd neemt wachtwoorden aan zonder PAM te vragen (UsePAM no), dus niets telt de foute',
  },
  'password-policy.lockout-depends': {
    verdict: 'unknown',
    en: 'whether accounts are locked after {attempts} wrong passwords depends on what {modules} answers, which cannot be told beforehand',
    nl: 'of accounts na {attempts} foute wachtwoorden vergrendeld worden hangt af van wat {modules} antwoordt, en dat is vooraf niet te zeggen',
  },
  'password-policy.no-password-login': {
    verdict: 'not-applicable',
    en: 'no password of this host lets anybody in through this service',
    nl: 'via deze dienst laat geen wachtwoord van deze host iemand binnen',
  },
  'password-policy.no-stores': {
    verdict: 'unknown',
    en: 'agent.yaml does not tell which databases and sites there are (passwordStores); where there are none, give an empty list',
    nl: 'agent.yaml zegt niet welke databases en sites er zijn (passwordStores); zijn er geen, geef dan een lege lijst',
  },
  'password-policy.no-database': {
    verdict: 'not-applicable',
    en: 'agent.yaml names no database',
    nl: 'agent.yaml noemt geen database',
  },
  'password-policy.no-site': {
    verdict: 'not-applicable',
    en: 'agent.yaml names no site with a content management system',
    nl: 'agent.yaml noemt geen site met een contentmanagementsysteem',
  },
  'password-policy.hashes-taken': {
    verdict: 'fail',
    en: 'a password that comes as a hash is taken unchecked; MariaDB needs strict_password_validation, PostgreSQL the library credcheck',
    nl: 'een wachtwoord dat als hash komt wordt ongetoetst aangenomen; MariaDB heeft strict_password_validation nodig, PostgreSQL de bibliotheek credcheck',
  },
  'password-policy.by-plugin': {
    verdict: 'unknown',
    en: 'the system itself does not ask this of new passwords; what a plug-in or extension asks cannot be seen',
    nl: 'het systeem zelf vraagt dit niet van nieuwe wachtwoorden; wat een plug-in of extensie vraagt is niet te zien',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
