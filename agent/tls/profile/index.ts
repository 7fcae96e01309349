import type { HttpAnswer } from '../../../policies/checks/tls/http.ts';
import type { Answer, Profile, SuiteScan, TlsVersion, Versions } from '../../../policies/checks/tls/profile.ts';
import { saySsl2Hello, type Line } from '../dial.ts';
import { Earlier } from '../earlier.ts';
import type { Once } from '../grounds.ts';
import { getRequest, looksLikeHttp, readHttpAnswer } from '../http.ts';
import { doubtOf } from '../reply.ts';
import { holdSession, type Session } from '../session.ts';
import { suiteChunks, tls13Suites } from '../suites.ts';
import { accepted } from '../versions.ts';
import { probeWeaknesses } from '../weaknesses/index.ts';
import { askBrowsers } from './browsers.ts';
import { scanFeatures, type FlightFeatures } from './features.ts';
import { Findings, sortedNumbers } from './findings.ts';
import { scanGroups, scanSignatureSchemes } from './groups.ts';
import { choiceOf, choose } from './questions.ts';
import { clientCertificate, modernTickets, resumesByIds } from './resumption.ts';
import { scanSuites } from './suites.ts';

/** What a server can be made to do, and what it says as a web server. */
export interface ProfileScan {
  readonly profile: Profile;
  readonly http: HttpAnswer;
}

/**
 * What a server whose versions are known can be made to do. One question after the other, because each is made from
 * what the answers before it have shown. Never throws for what the server does.
 * @param once names on one address that choose alike for the browsers' greetings share all but the session and the page
 * @param earlier what was shown or refused before
 */
export async function scanProfile(
  line: Line,
  versions: Versions,
  once: Once,
  earlier = new Earlier(),
): Promise<ProfileScan> {
  const findings = new Findings();
  const browsers = await askBrowsers(line, findings);
  const likeness = JSON.stringify([line.address, line.port, versions, browsers]);
  const conduct = await once(`tls-conduct ${likeness}`, () => scanConduct(line, versions, findings, earlier));
  const { classicTickets, asksCertificate, sessionIds, ...shown } = conduct.features;
  const isModern = versions['TLSv1.3'].answer === 'yes';
  const isWeb = line.starttls === undefined && looksLikeHttp(line.port, shown.alpn);
  const session = await holdFirstSession(line, isModern, isWeb, shown.alpn);
  const tickets = isModern ? modernTickets(session) : { sessionTickets: classicTickets, earlyData: no };
  const features = {
    ...shown,
    sessionTickets: classicTickets.answer === 'yes' ? classicTickets : tickets.sessionTickets,
    sessionIds,
    earlyData: tickets.earlyData,
    clientCertificate: clientCertificate(asksCertificate, session),
  };
  return {
    profile: { ...conduct, browsers, features },
    http: isWeb ? readHttpAnswer(session) : { state: 'other' },
  };
}

type Conduct = Omit<Profile, 'browsers' | 'features'> & {
  readonly features: FlightFeatures & { readonly sessionIds: Answer };
};

/** What names on one address have in common where they choose alike. */
async function scanConduct(line: Line, versions: Versions, findings: Findings, earlier: Earlier): Promise<Conduct> {
  const suites: SuiteScan[] = [];
  for (const version of accepted(versions)) suites.push(await suitesOf(line, findings, version, earlier));
  const features = await scanFeatures(line, findings, suites);
  const groups = await scanGroups(line, findings, suites);
  await scanSignatureSchemes(line, findings, suites);
  return {
    suites,
    groups,
    finiteFields: findings.finiteFields.slice(0, 16),
    signatureSchemes: sortedNumbers(findings.signatureSchemes),
    features: { ...features, sessionIds: await resumesByIds(line, findings.givesSessionIds) },
    weaknesses: await probeWeaknesses(line, versions, { suites, hello: findings.classicHello }),
  };
}

const no = { answer: 'no' } as const;

async function suitesOf(line: Line, findings: Findings, version: TlsVersion, earlier: Earlier): Promise<SuiteScan> {
  if (version === 'SSLv2') return ssl2SuitesOf(line);
  const [usual = [], ...others] = version === 'TLSv1.3' ? [tls13Suites] : suiteChunks;
  // The first offer stays whole, so that an earlier answer to it is one to this.
  const candidates = [...usual, ...others.flat().filter((suite) => !earlier.hasRefused(version, suite))];
  return scanSuites(version, candidates, async (suites) => {
    const shown = earlier.answerTo(version, suites);
    if (shown === undefined) return choose(line, findings, version, suites);
    findings.learn(shown);
    return choiceOf(shown, version, suites);
  });
}

/** In SSL 2.0 the server shows all that it has, and the client chooses. */
async function ssl2SuitesOf(line: Line): Promise<SuiteScan> {
  const reply = await saySsl2Hello(line);
  const kinds = reply.kind === 'hello' ? reply.ssl2Suites : undefined;
  if (kinds === undefined) return { version: 'SSLv2', suites: [], order: 'unknown', incomplete: doubtOf(reply) };
  return { version: 'SSLv2', suites: sortedNumbers(new Set(kinds)), order: 'client', incomplete: null };
}

function holdFirstSession(line: Line, isModern: boolean, isWeb: boolean, alpn: readonly string[]): Promise<Session> {
  return holdSession(line, {
    minVersion: isModern ? 'TLSv1.3' : 'TLSv1',
    maxVersion: isModern ? 'TLSv1.3' : 'TLSv1.2',
    ...(isWeb ? { request: getRequest(line.name ?? line.address) } : {}),
    ...(isWeb && alpn.length > 0 ? { alpn: ['http/1.1'] } : {}),
  });
}
