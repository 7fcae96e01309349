import type { Catalogue } from '../../reasons.ts';

export const reasons = {
  'ssh-access.two-factors': {
    verdict: 'pass',
    en: 'whoever is let in from {from} needs two factors; the weakest way is {way}',
    nl: 'wie vanaf {from} binnenkomt heeft twee factoren nodig; de zwakste weg is {way}',
  },
  'ssh-access.one-factor': {
    verdict: 'fail',
    en: 'from {from}, {accounts} accounts such as {example} get in by {way}, which takes fewer than two factors; set AuthenticationMethods, and in /etc/pam.d/sshd a module that asks for a code without "nullok"',
    nl: 'vanaf {from} komen {accounts} accounts zoals {example} binnen met {way}, waar minder dan twee factoren voor nodig zijn; stel AuthenticationMethods in, en in /etc/pam.d/sshd een module die om een code vraagt zonder "nullok"',
  },
  'ssh-access.nobody': {
    verdict: 'pass',
    en: 'from {from}, {accounts} accounts are let in by the lists and none of them has a way to log in',
    nl: 'vanaf {from} laten de lijsten {accounts} accounts toe en geen daarvan kan zich aanmelden',
  },
  'ssh-access.only-from': {
    verdict: 'pass',
    en: 'nobody is let in from outside of {networks}',
    nl: 'van buiten {networks} komt niemand binnen',
  },
  'ssh-access.listens-inside': {
    verdict: 'pass',
    en: 'it listens only on {addresses}, within {networks} or on this host itself',
    nl: 'hij luistert alleen op {addresses}, binnen {networks} of op deze host zelf',
  },
  'ssh-access.from-elsewhere': {
    verdict: 'fail',
    en: 'it listens on {listens}, and {accounts} accounts such as {example} can log in from {from}, which is not in {networks}; limit AllowUsers (name@network), a Match Address block or ListenAddress',
    nl: 'hij luistert op {listens}, en {accounts} accounts zoals {example} kunnen zich aanmelden vanaf {from}, buiten {networks}; beperk AllowUsers (naam@netwerk), een blok Match Address of ListenAddress',
  },
  'ssh-access.no-networks': {
    verdict: 'unknown',
    en: 'nobody said from which networks this host may be managed; name them as managementAddresses in agent.yaml',
    nl: 'er is niet gezegd vanuit welke netwerken deze host beheerd mag worden; noem ze als managementAddresses in agent.yaml',
  },
  'ssh-access.not-looked': {
    verdict: 'unknown',
    en: 'the agent did not look from outside of {network}; a run with this policy will',
    nl: 'de agent heeft niet van buiten {network} gekeken; een run met dit beleid doet dat wel',
  },
  'ssh-access.root-refused': {
    verdict: 'pass',
    en: 'root cannot log in',
    nl: 'root kan zich niet aanmelden',
  },
  'ssh-access.root-by-key': {
    verdict: 'pass',
    en: 'root logs in with an SSH key only',
    nl: 'root meldt zich alleen aan met een SSH-sleutel',
  },
  'ssh-access.root-login': {
    verdict: 'fail',
    en: 'from {from}, root can log in by {way}; set PermitRootLogin to no',
    nl: 'vanaf {from} kan root zich aanmelden met {way}; zet PermitRootLogin op no',
  },
  'ssh-access.root-without-key': {
    verdict: 'fail',
    en: 'from {from}, root can log in by {way}, without an SSH key; set PermitRootLogin to prohibit-password',
    nl: 'vanaf {from} kan root zich aanmelden met {way}, zonder SSH-sleutel; zet PermitRootLogin op prohibit-password',
  },
  'ssh-access.no-lone-password': {
    verdict: 'pass',
    en: 'a password alone lets nobody in',
    nl: 'een wachtwoord alleen laat niemand binnen',
  },
  'ssh-access.lone-password': {
    verdict: 'fail',
    en: 'from {from}, {accounts} accounts such as {example} get in by {way} with no more than a password; set PasswordAuthentication and KbdInteractiveAuthentication to no, or require a key beside it',
    nl: 'vanaf {from} komen {accounts} accounts zoals {example} binnen met {way} en niet meer dan een wachtwoord; zet PasswordAuthentication en KbdInteractiveAuthentication op no, of eis er een sleutel bij',
  },
  'ssh-access.strong-algorithms': {
    verdict: 'pass',
    en: 'it offers {ciphers} ciphers, {macs} MACs and {exchanges} key exchanges, none known to be weak, and {keys} host keys that are long enough',
    nl: 'hij biedt {ciphers} versleutelingen, {macs} MACs en {exchanges} sleuteluitwisselingen, geen daarvan als zwak bekend, en {keys} hostsleutels die lang genoeg zijn',
  },
  'ssh-access.weak-algorithm': {
    verdict: 'fail',
    en: 'it offers the {kind} {name}, which is known to be weak',
    nl: 'hij biedt {name} aan ({kind}), dat als zwak bekend is',
  },
  'ssh-access.short-host-key': {
    verdict: 'fail',
    en: 'the host key {path} has {bits} bits; {minimum} are needed',
    nl: 'de hostsleutel {path} heeft {bits} bits; er zijn er {minimum} nodig',
  },
  'ssh-access.not-reloaded': {
    verdict: 'unknown',
    en: 'its configuration changed at {changed|moment} and it last read it at {read|moment}; what runs may differ from what was read here; reload it',
    nl: 'zijn configuratie is gewijzigd op {changed|moment} en hij las haar voor het laatst op {read|moment}; wat draait kan anders zijn dan wat hier gelezen is; laad hem opnieuw',
  },
  'ssh-access.load-unknown': {
    verdict: 'unknown',
    en: 'nothing tells when it last read its configuration (its PidFile does not name it), so what runs may differ from what was read here',
    nl: 'niets zegt wanneer hij zijn configuratie voor het laatst las (zijn PidFile noemt hem niet); wat draait kan anders zijn dan wat hier gelezen is',
  },
  'ssh-access.clock': {
    verdict: 'unknown',
    en: 'its configuration is dated {moment|moment}, in the future: a clock was wrong',
    nl: 'zijn configuratie draagt als moment {moment|moment}, in de toekomst: een klok stond verkeerd',
  },
  'ssh-access.directory': {
    verdict: 'unknown',
    en: 'nsswitch.conf also takes accounts from {service}; what sshd asks of those was not looked at',
    nl: 'nsswitch.conf haalt ook accounts uit {service}; wat sshd van die vraagt is niet bekeken',
  },
  'ssh-access.unexplained-port': {
    verdict: 'unknown',
    en: 'something listens on port 22, and no SSH server that this check knows was found',
    nl: 'er luistert iets op poort 22, en er is geen SSH-server gevonden die deze controle kent',
  },
  'ssh-access.no-server': {
    verdict: 'not-applicable',
    en: 'no SSH server runs here, and nothing listens on port 22',
    nl: 'hier draait geen SSH-server, en niets luistert op poort 22',
  },
  'ssh-access.not-running': {
    verdict: 'not-applicable',
    en: 'it is installed and does not run',
    nl: 'hij is geïnstalleerd en draait niet',
  },
  'ssh-access.in-containers': {
    verdict: 'not-applicable',
    en: '{servers} SSH servers run in containers; an agent of their own has to look at those',
    nl: 'er draaien {servers} SSH-servers in containers; daar moet een agent van die container zelf naar kijken',
  },
} as const satisfies Catalogue;
