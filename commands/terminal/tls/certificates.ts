import type { EndpointScan } from '../../../agent/tls/scan.ts';
import type { CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import { doubtText } from '../../../policies/checks/endpoints.ts';
import type { Grounds } from '../../../policies/checks/tls/grounds.ts';
import { keyName } from '../../../policies/checks/tls/rating/key-strength.ts';
import type { Trust } from '../../../policies/checks/tls/trust.ts';
import { formatDuration, formatMoment } from '../../../policies/explain.ts';
import { secondsBetween } from '../../../policies/quantities.ts';
import { cleanText, paint } from '../style.ts';
import { hanging, heading } from './words.ts';

type Speaking = Extract<EndpointScan, { speaks: 'tls' }>;

/** Each certificate that it serves, and the questions behind which another may hide. */
export function certificateLines({ served, unanswered }: Speaking, grounds: Grounds | undefined, at: Date): string[] {
  const trustOf = (fingerprint: string): Trust | undefined =>
    grounds?.served.find(({ leaf }) => leaf.fingerprint === fingerprint)?.trust;
  return [
    heading('Certificates'),
    ...served.flatMap(({ leaf, chain, asked }) => [
      ...hanging(`  `, `${keyName(leaf.key)}  ${leaf.subject || '(no subject)'}`).map((line) => paint('bold', line)),
      ...trustLines(trustOf(leaf.fingerprint)),
      ...hanging('    valid    ', `${formatMoment(leaf.notBefore, 'en')} to ${formatMoment(leaf.notAfter, 'en')}`),
      `             ${validity(leaf, at)}`,
      ...hanging('    issuer   ', `${leaf.issuer}${chain.length > 0 ? `, ${chain.length} more sent along` : ''}`),
      ...hanging('    names    ', leaf.names.map((name) => name.replace(/^DNS:/, '')).join(', ') || 'none'),
      `    signed   ${cleanText(leaf.signatureAlgorithm)}`,
      ...hanging('    sha256   ', leaf.fingerprint),
      ...hanging('    asked    ', asked.join(', ')),
      '',
    ]),
    ...unanswered.flatMap(({ asked, why }) =>
      hanging('  ', `${asked}: no clear answer (${doubtText(why)})`).map((line) => paint('yellow', line)),
    ),
  ];
}

function trustLines(trust: Trust | undefined): string[] {
  if (trust === undefined) return [];
  const { system, configured, obstacle, chain } = trust;
  const notes = [
    chain.lacksIntermediate ? 'a certificate of the chain is not sent' : '',
    chain.ordered ? '' : 'the chain is out of order',
    chain.needless > 0 ? `${chain.needless} sent for nothing` : '',
  ].filter((note) => note !== '');
  const more = notes.length > 0 ? `; ${notes.join(', ')}` : '';
  if (system.length > 0) return hanging('    trust    ', `by the system’s roots${more}`);
  if (configured.length > 0) return hanging('    trust    ', `by a given root only${more}`);
  return hanging('    trust    ', `none: ${obstacle ?? 'no way to a root'}${more}`).map((line) => paint('red', line));
}

/** The span counts its last second (RFC 5280, 4.1.2.5). */
function validity({ notBefore, notAfter }: CertificateFacts, at: Date): string {
  const span = formatDuration(secondsBetween(notBefore, notAfter) + 1, 'en');
  const left = secondsBetween(at, notAfter);
  return left < 0
    ? `${span}, ${paint(['red', 'bold'], `expired ${formatDuration(left, 'en')} ago`)}`
    : `${span}, ${formatDuration(left, 'en')} left`;
}
