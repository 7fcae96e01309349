import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const firewallReasons = {
  ...obstacleReasons,
  'firewall.needs-net-admin': {
    verdict: 'unknown',
    en: '{what} may not be read; run the agent as root or with CAP_NET_ADMIN',
    nl: '{what} mag niet gelezen worden; draai de agent als root of met CAP_NET_ADMIN',
  },
  'firewall.no-ipv6': {
    verdict: 'not-applicable',
    en: 'no interface that leads outside has an IPv6 address',
    nl: 'geen interface die naar buiten leidt heeft een IPv6-adres',
  },
  'firewall.no-interface': {
    verdict: 'unknown',
    en: 'there is no interface to judge: none leads outside, or trustedInterfaces in agent.yaml names them all',
    nl: 'er is geen interface om te beoordelen: geen leidt naar buiten, of trustedInterfaces in agent.yaml noemt ze alle',
  },
  'firewall.too-complex': {
    verdict: 'unknown',
    en: 'the rules are more than the agent works through',
    nl: 'het zijn meer regels dan de agent doorwerkt',
  },
  'firewall.default-deny': {
    verdict: 'pass',
    en: 'what no rule lets in is denied ({by})',
    nl: 'wat geen regel doorlaat wordt geweigerd ({by})',
  },
  'firewall.default-accept': {
    verdict: 'fail',
    en: '{open} of 65,535 {protocol} ports are open to {senders} on {interface}; expected everything denied but what a rule lets in',
    nl: '{open} van 65.535 {protocol}-poorten staan open voor {senders} op {interface}; verwacht: alles geweigerd behalve wat een regel doorlaat',
  },
  'firewall.no-rules': {
    verdict: 'fail',
    en: 'no chain that is in force denies anything that comes in; expected everything denied but what a rule lets in',
    nl: 'geen keten die in werking is weigert iets dat binnenkomt; verwacht: alles geweigerd behalve wat een regel doorlaat',
  },
  'firewall.dormant': {
    verdict: 'fail',
    en: 'this table is loaded but switched off (dormant), so that its rules do nothing',
    nl: 'deze tabel is geladen maar uitgeschakeld (dormant), zodat haar regels niets doen',
  },
  'firewall.default-unclear': {
    verdict: 'unknown',
    en: 'whether {protocol} is denied by default on {interface} depends on what the agent does not understand: {what}',
    nl: 'of {protocol} op {interface} standaard geweigerd wordt hangt af van wat de agent niet begrijpt: {what}',
  },
  'firewall.whole-network': {
    verdict: 'pass',
    en: '{senders} may reach {open} of 65,535 {protocol} ports on {interface}; to all others they are closed by default',
    nl: '{senders} bereikt {open} van 65.535 {protocol}-poorten op {interface}; voor alle anderen zijn die standaard dicht',
  },
  'firewall.services-not-set': {
    verdict: 'unknown',
    en: 'nobody said which ports may be open; list them as services in agent.yaml',
    nl: 'er is niet gezegd welke poorten open mogen staan; noem ze als services in agent.yaml',
  },
  'firewall.nothing-open': {
    verdict: 'pass',
    en: 'no TCP or UDP port is open',
    nl: 'er staat geen TCP- of UDP-poort open',
  },
  'firewall.port-allowed': {
    verdict: 'pass',
    en: 'open to {senders} on {interface}, as allowed',
    nl: 'open voor {senders} op {interface}, zoals toegestaan',
  },
  'firewall.port-open': {
    verdict: 'fail',
    en: 'open to {senders} on {interface}; the list of allowed services does not let them in',
    nl: 'open voor {senders} op {interface}; de lijst met toegestane diensten laat hen niet toe',
  },
  'firewall.port-unclear': {
    verdict: 'unknown',
    en: 'whether it is open to {senders} on {interface} depends on what the agent does not understand: {what}',
    nl: 'of dit openstaat voor {senders} op {interface} hangt af van wat de agent niet begrijpt: {what}',
  },
  'firewall.management-not-set': {
    verdict: 'unknown',
    en: 'nobody said from which networks this host may be managed; name them as managementAddresses in agent.yaml',
    nl: 'er is niet gezegd vanuit welke netwerken deze host beheerd mag worden; noem ze als managementAddresses in agent.yaml',
  },
  'firewall.management-closed': {
    verdict: 'pass',
    en: 'no management port ({ports}) is open',
    nl: 'geen beheerpoort ({ports}) staat open',
  },
  'firewall.management-limited': {
    verdict: 'pass',
    en: 'a management port, open to {senders} only',
    nl: 'een beheerpoort, open voor alleen {senders}',
  },
  'firewall.management-open': {
    verdict: 'fail',
    en: 'a management port, open to {senders} on {interface}; expected {expected} only',
    nl: 'een beheerpoort, open voor {senders} op {interface}; verwacht: alleen {expected}',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(firewallReasons);
