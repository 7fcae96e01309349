import { groupName } from '../../../policies/checks/tls/groups.ts';
import {
  tlsVersions,
  type BrowserOutcome,
  type Features,
  type Profile,
  type SuiteScan,
  type TlsVersion,
  type Versions,
  type Weaknesses,
} from '../../../policies/checks/tls/profile.ts';
import { suiteName, suiteOf } from '../../../policies/checks/tls/suites.ts';
import { pad, paint } from '../style.ts';
import { answerWord, doubtWords, hanging, heading } from './words.ts';

const modern: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** Each version, newest first, with its suites where they were read. */
export function versionLines(versions: Versions, profile?: Profile): string[] {
  const shown: SuiteScan[] = [];
  const lines = [...tlsVersions].reverse().flatMap((version) => {
    const answer = versions[version];
    const scan = profile?.suites.find((one) => one.version === version);
    const same = shown.find(({ suites, incomplete }) => incomplete === null && String(suites) === String(scan?.suites));
    if (scan !== undefined) shown.push(scan);
    switch (answer.answer) {
      case 'yes': {
        const word = modern.includes(version) ? paint('green', 'accepted') : paint(['red', 'bold'], 'accepted');
        return [`  ${pad(version, 8)}  ${word}${orderText(scan)}`, ...suiteLines(scan, same)];
      }
      case 'no':
        return [`  ${pad(version, 8)}  ${paint('dim', 'refused')}`];
      case 'unknown':
        return [`  ${pad(version, 8)}  ${paint('yellow', answerWord(answer))}`];
    }
  });
  return [heading('Versions and cipher suites'), ...lines, ''];
}

function orderText(scan: SuiteScan | undefined): string {
  if (scan === undefined || scan.order === 'unknown') return '';
  return paint('dim', scan.order === 'server' ? ', in the order of the server' : ', in the order of the client');
}

function suiteLines(scan: SuiteScan | undefined, same: SuiteScan | undefined): string[] {
  if (scan === undefined) return [];
  if (same !== undefined && scan.incomplete === null) return [`    the same suites as ${same.version}`];
  const lines = scan.suites.map((number) => {
    const suite = suiteOf(number);
    const bits = suite === undefined ? '  ?' : String(suite.bits).padStart(3);
    const isWeak = suite === undefined || suite.bits < 112 || suite.authentication === 'anonymous' || suite.isExport;
    const isOld = suite?.mac !== 'AEAD' || !suite.hasForwardSecrecy;
    const colour = isWeak ? 'red' : isOld ? 'yellow' : 'green';
    const lacks = [
      suite?.hasForwardSecrecy === false ? 'no forward secrecy' : '',
      suite !== undefined && suite.mac !== 'AEAD' ? (suite.isCbc ? 'CBC' : 'no AEAD') : '',
    ].filter((word) => word !== '');
    return `    ${paint(colour, bits)}  ${suiteName(number)}${lacks.length > 0 ? paint('dim', `  ${lacks.join(', ')}`) : ''}`;
  });
  if (scan.incomplete === null) return lines;
  return [...lines, paint('yellow', `    there may be more: ${doubtWords(scan.incomplete)}`)];
}

/** Groups and primes of the key exchange, and what ordinary clients end up with. */
export function exchangeLines({ groups, finiteFields, browsers }: Profile): string[] {
  return [
    heading('Key exchange'),
    ...hanging('  groups   ', groups.named.map(groupName).join(', ') || 'none'),
    ...finiteFields.flatMap(({ bits, prime }) => hanging('  prime    ', `${bits} bits, ${prime}`)),
    ...(groups.incomplete === null ? [] : [paint('yellow', `  there may be more: ${doubtWords(groups.incomplete)}`)]),
    ...browsers.flatMap(({ client, outcome }) => hanging(`  ${client.padEnd(8)} `, outcomeText(outcome))),
    '',
  ];
}

function outcomeText(outcome: BrowserOutcome['outcome']): string {
  switch (outcome.state) {
    case 'agreed':
      return `${outcome.version}, ${suiteName(outcome.suite)}${outcome.group === null ? '' : `, ${groupName(outcome.group)}`}`;
    case 'refused':
      return 'cannot connect';
    case 'unknown':
      return `not clear (${doubtWords(outcome.why)})`;
  }
}

const featureNames: readonly (readonly [Exclude<keyof Features, 'alpn' | 'clientCertificate'>, string])[] = [
  ['secureRenegotiation', 'secure renegotiation'],
  ['extendedMasterSecret', 'extended master secret'],
  ['encryptThenMac', 'encrypt-then-MAC'],
  ['fallbackScsv', 'fallback protection'],
  ['sessionTickets', 'session tickets'],
  ['sessionIds', 'session ids'],
  ['earlyData', '0-RTT data'],
  ['ocspStapling', 'OCSP stapling'],
  ['certificateTimestamps', 'certificate timestamps'],
  ['compression', 'compression'],
];

export function featureLines({ features }: Profile): string[] {
  const having = (answer: 'yes' | 'no'): string =>
    featureNames.flatMap(([key, name]) => (features[key].answer === answer ? [name] : [])).join(', ') || 'none';
  const unclear = featureNames.flatMap(([key, name]) =>
    features[key].answer === 'unknown' ? [`${name} (${doubtWords(features[key].why)})`] : [],
  );
  return [
    heading('Features'),
    ...hanging('  has      ', having('yes')),
    ...hanging('  has not  ', having('no')),
    ...(unclear.length > 0 ? hanging('  unclear  ', unclear.join(', ')) : []),
    ...(features.alpn.length > 0 ? hanging('  ALPN     ', features.alpn.join(', ')) : []),
    ...(features.clientCertificate === 'not-asked' ? [] : [`  client certificate: ${features.clientCertificate}`]),
    '',
  ];
}

/** A proven weakness by itself; those that were looked for and not found together. */
export function weaknessLines(weaknesses: Weaknesses): string[] {
  const names = Object.entries(weaknesses);
  const found = names.filter(([, { answer }]) => answer === 'yes').map(([name]) => name);
  const open = names.filter(([, { answer }]) => answer === 'unknown');
  const absent = names.filter(([, { answer }]) => answer === 'no').map(([name]) => name);
  return [
    heading('Weaknesses'),
    ...found.map((name) => paint(['red', 'bold'], `  ✗ ${name}`)),
    ...open.map(([name, answer]) => paint('yellow', `  ? ${name}: ${answerWord(answer)}`)),
    ...(absent.length > 0 ? hanging('  not found: ', absent.join(', ')) : []),
    '',
  ];
}
