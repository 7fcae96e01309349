import { accepted, applies, clear, notRefused, ofAnswer, open, type Evidence, type Finding } from './evidence.ts';
import type { Rule } from './rule.ts';
import type { TlsVersion } from '../profile.ts';
import { anyOf } from './evidence.ts';

const guide = 'SSL Labs Server Rating Guide, changes';

/** Rules about the versions of SSL and TLS that a server takes. */
export const versionRules = [
  {
    id: 'ssl2',
    letter: 'F',
    revision: '2009l',
    source: guide,
    en: 'accepts SSL 2.0',
    nl: 'accepteert SSL 2.0',
    test: takes('SSLv2'),
  },
  {
    id: 'ssl3-best',
    letter: 'F',
    revision: '2009i',
    source: guide,
    en: 'knows nothing better than SSL 3.0',
    nl: 'kent niets beters dan SSL 3.0',
    test: ssl3IsBest,
  },
  {
    id: 'no-tls12',
    letter: 'C',
    revision: '2009j',
    source: guide,
    en: 'knows neither TLS 1.2 nor TLS 1.3',
    nl: 'kent TLS 1.2 noch TLS 1.3',
    // A server of TLS 1.3 alone lacks TLS 1.2 too, and SSL Labs gives it an A (ssllabs-scan #930).
    test: lacks('TLSv1.2', 'TLSv1.3'),
  },
  {
    id: 'ssl3',
    letter: 'B',
    revision: '2009h',
    source: guide,
    en: 'accepts SSL 3.0',
    nl: 'accepteert SSL 3.0',
    test: takes('SSLv3'),
  },
  {
    id: 'tls10-or-11',
    letter: 'B',
    revision: '2009q',
    source: 'blog.qualys.com, 19 November 2018',
    en: 'accepts TLS 1.0 or TLS 1.1',
    nl: 'accepteert TLS 1.0 of TLS 1.1',
    test: takes('TLSv1.0', 'TLSv1.1'),
  },
  {
    id: 'no-tls13',
    letter: 'A-',
    revision: '2009r',
    source: 'SSL Labs Server Rating Guide 2009r, as testssl.sh PR #2830 quotes it',
    en: 'does not know TLS 1.3',
    nl: 'kent TLS 1.3 niet',
    test: lacks('TLSv1.3'),
  },
] as const satisfies readonly Rule[];

function takes(...some: readonly TlsVersion[]): (evidence: Evidence) => Finding {
  return ({ versions }) => anyOf(some.map((version) => ofAnswer(versions[version], version)));
}

/** Open where one of them may be known after all. */
function lacks(...all: readonly TlsVersion[]): (evidence: Evidence) => Finding {
  return (evidence) => {
    if (accepted(evidence).some((version) => all.includes(version))) return clear;
    const maybe = notRefused(evidence).filter((version) => all.includes(version));
    if (maybe.length > 0) return open(`${maybe.join(', ')}: no clear answer`);
    return applies(`accepts ${accepted(evidence).join(', ')}`);
  };
}

function ssl3IsBest(evidence: Evidence): Finding {
  const best = accepted(evidence).at(-1);
  if (best !== 'SSLv3' && best !== 'SSLv2') return clear;
  const { state } = lacks('TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3')(evidence);
  return state === 'applies' ? applies(`accepts ${accepted(evidence).join(', ')}`) : open('TLS: no clear answer');
}
