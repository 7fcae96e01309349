import type { WeaknessName } from '../profile.ts';
import {
  applies,
  classicVersions,
  clear,
  notRefused,
  ofAnswer,
  open,
  type Evidence,
  type Finding,
} from './evidence.ts';
import { doubtText } from '../../endpoints.ts';
import { parseHsts } from './hsts.ts';
import type { Rule } from './rule.ts';

const guide = 'SSL Labs Server Rating Guide, changes';
const testssl = 'testssl.sh, set_grade_cap';
const oracles = 'testssl.sh, RATING: “should be F”; CVE-2019-1559 and its kin';
const revision2009r = 'SSL Labs Server Rating Guide 2009r, as testssl.sh PR #2830 quotes it';

/** Rules about weaknesses that had to be probed, and about what a server can do besides. */
export const featureRules = [
  weakness('heartbleed', '–', testssl, 'gives away its memory (Heartbleed)', 'geeft zijn geheugen prijs (Heartbleed)'),
  weakness(
    'ccs-injection',
    '–',
    testssl,
    'takes ChangeCipherSpec too early (CVE-2014-0224)',
    'neemt ChangeCipherSpec te vroeg aan (CVE-2014-0224)',
  ),
  weakness(
    'ticketbleed',
    '–',
    testssl,
    'gives away its memory with session tickets (Ticketbleed)',
    'geeft met sessietickets zijn geheugen prijs (Ticketbleed)',
  ),
  weakness(
    'robot',
    '2009p',
    'blog.qualys.com, 2 February 2018',
    'tells whether an RSA message was well padded (ROBOT)',
    'verraadt of een RSA-bericht goed was aangevuld (ROBOT)',
  ),
  weakness(
    'insecure-renegotiation',
    '2009c',
    guide,
    'renegotiates without RFC 5746, so strangers can put words before a client’s',
    'heronderhandelt zonder RFC 5746, zodat vreemden iets voor de woorden van een client kunnen zetten',
  ),
  weakness(
    'poodle-tls',
    '2009g',
    guide,
    'does not check CBC padding (POODLE TLS)',
    'controleert CBC-opvulling niet (POODLE TLS)',
  ),
  weakness(
    'zombie-poodle',
    '2009q',
    oracles,
    'is a padding oracle (Zombie POODLE)',
    'is een padding-orakel (Zombie POODLE)',
  ),
  weakness(
    'goldendoodle',
    '2009q',
    oracles,
    'is a padding oracle (GOLDENDOODLE)',
    'is een padding-orakel (GOLDENDOODLE)',
  ),
  weakness(
    'sleeping-poodle',
    '2009q',
    oracles,
    'is a padding oracle (Sleeping POODLE)',
    'is een padding-orakel (Sleeping POODLE)',
  ),
  weakness(
    'zero-length-padding-oracle',
    '2009q',
    oracles,
    'is a padding oracle for empty records (CVE-2019-1559)',
    'is een padding-orakel voor lege records (CVE-2019-1559)',
  ),
  weakness(
    'cve-2016-2107',
    '2009m',
    'blog.qualys.com, tag grading',
    'is a padding oracle (CVE-2016-2107)',
    'is een padding-orakel (CVE-2016-2107)',
  ),
  {
    id: 'crime',
    letter: 'C',
    revision: '2009j',
    source: guide,
    en: 'compresses what it encrypts (CRIME)',
    nl: 'comprimeert wat het versleutelt (CRIME)',
    test: ({ grounds }) => ofAnswer(grounds.profile.features.compression, 'DEFLATE'),
  },
  {
    id: 'no-secure-renegotiation',
    letter: 'A-',
    revision: '2009e',
    source: guide,
    en: 'does not know secure renegotiation (RFC 5746)',
    nl: 'kent veilige heronderhandeling niet (RFC 5746)',
    test: noSecureRenegotiation,
  },
  {
    id: 'hsts-invalid',
    letter: 'A-',
    revision: '2009r',
    source: revision2009r,
    en: 'sends Strict-Transport-Security that is switched off or that browsers ignore',
    nl: 'stuurt een Strict-Transport-Security die uit staat of die browsers negeren',
    test: (evidence) => hstsRule(evidence, 'invalid'),
  },
  {
    id: 'hsts-absent',
    letter: ({ hstsAbsent }) => hstsAbsent,
    revision: '2009r',
    source: `${revision2009r}; that a missing header is no warning: testssl.sh 198a5f0c`,
    en: 'sends no Strict-Transport-Security',
    nl: 'stuurt geen Strict-Transport-Security',
    test: (evidence) => hstsRule(evidence, 'absent'),
  },
  {
    id: 'hsts-short',
    letter: ({ hstsShort }) => hstsShort,
    revision: '2009e',
    source: guide,
    en: 'sends Strict-Transport-Security for less than six months (15552000 seconds)',
    nl: 'stuurt Strict-Transport-Security voor minder dan zes maanden (15552000 seconden)',
    test: (evidence) => hstsRule(evidence, 'short'),
  },
  {
    id: 'no-web-service',
    letter: 'A',
    revision: '2009e',
    source: `${guide}: A+ is for Strict-Transport-Security, which only web services can send`,
    en: 'is no web service, and A+ is for those',
    nl: 'is geen webdienst, en A+ is voor die',
    test: ({ grounds: { http } }) => {
      if (http.state === 'unknown') return open(doubtText(http.why));
      return http.state === 'other' ? applies('no HTTP') : clear;
    },
  },
] as const satisfies readonly Rule[];

function weakness<const Name extends WeaknessName>(id: Name, revision: string, source: string, en: string, nl: string) {
  const test = ({ grounds }: Evidence): Finding => ofAnswer(grounds.profile.weaknesses[id], id);
  return { id, letter: 'F', revision, source, en, nl, test } as const;
}

/** TLS 1.3 has no renegotiation, so a server of TLS 1.3 alone cannot lack it. */
function noSecureRenegotiation(evidence: Evidence): Finding {
  if (!notRefused(evidence).some((version) => classicVersions.includes(version))) return clear;
  const answer = evidence.grounds.profile.features.secureRenegotiation;
  if (answer.answer === 'unknown') return open(doubtText(answer.why));
  return answer.answer === 'no' ? applies('RFC 5746') : clear;
}

/** 180 days, the six months of 2009e. */
const sixMonthsSeconds = 15_552_000;

/** Only for web services: nothing else can send the header. Of several headers the first counts (RFC 6797 8.1). */
function hstsRule({ grounds: { http } }: Evidence, wanted: 'absent' | 'invalid' | 'short'): Finding {
  if (http.state === 'unknown') return open(doubtText(http.why));
  if (http.state === 'other') return clear;
  const [header] = http.strictTransportSecurity;
  if (header === undefined) return wanted === 'absent' ? applies(`status ${http.status}`) : clear;
  const hsts = parseHsts(header);
  if (hsts.state === 'invalid') return wanted === 'invalid' ? applies(hsts.why) : clear;
  const { maxAgeSeconds } = hsts;
  const state = maxAgeSeconds === 0 ? 'invalid' : maxAgeSeconds < sixMonthsSeconds ? 'short' : 'long';
  return state === wanted ? applies(`max-age=${maxAgeSeconds}`) : clear;
}
