import type { EndpointScan } from '../../agent/tls/scan.ts';
import type { CertificateFacts } from '../../policies/checks/certificate.ts';
import { doubtText } from '../../policies/checks/endpoints.ts';
import { tlsVersions, type TlsVersion } from '../../policies/checks/tls/profile.ts';
import { formatDuration, formatMoment } from '../../policies/explain.ts';
import { secondsBetween } from '../../policies/quantities.ts';
import type { Target } from '../tls.ts';
import { cleanText, pad, paint, textWidth, wrap } from './style.ts';

const modern: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** An endpoint as a person wants to read it. */
export function renderScan({ address, port, name }: Target, found: EndpointScan, at: Date): string {
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  const lines = ['', paint('bold', name === undefined || name === address ? where : `${name} (${where})`), ''];
  switch (found.speaks) {
    case 'other':
      lines.push(found.answer === 'closed' ? 'closes every connection without an answer' : 'answers, but not with TLS');
      break;
    case 'unknown':
      lines.push(paint('yellow', `whether it speaks TLS is not clear: ${doubtText(found.why)}`));
      break;
    case 'tls':
      lines.push(...versionLines(found.versions), '', ...certificateLines(found, at));
  }
  return `${lines.join('\n')}\n\n`;
}

function versionLines(versions: Extract<EndpointScan, { speaks: 'tls' }>['versions']): string[] {
  return [...tlsVersions].reverse().map((version) => {
    const answer = versions[version];
    const isModern = modern.includes(version);
    switch (answer.answer) {
      case 'yes':
        return `  ${pad(version, 8)}  ${isModern ? paint('green', 'accepted') : paint(['red', 'bold'], 'accepted')}`;
      case 'no':
        return `  ${pad(version, 8)}  ${paint('dim', 'refused')}`;
      case 'unknown':
        return `  ${pad(version, 8)}  ${paint('yellow', `not clear: ${cleanText(doubtText(answer.why))}`)}`;
    }
  });
}

function certificateLines({ served, unanswered }: Extract<EndpointScan, { speaks: 'tls' }>, at: Date): string[] {
  return [
    ...served.flatMap(({ leaf, chain, asked }) => [
      `  ${paint('bold', keyName(leaf))}  ${cleanText(leaf.subject.replaceAll('\n', ', ')) || '(no subject)'}`,
      `    valid    ${formatMoment(leaf.notBefore, 'en')} to ${formatMoment(leaf.notAfter, 'en')}, ${validity(leaf, at)}`,
      `    issuer   ${cleanText(leaf.issuer.replaceAll('\n', ', '))}${chain.length > 0 ? paint('dim', `, ${chain.length} more sent along`) : ''}`,
      ...hanging('    names    ', leaf.names.join(', ')),
      `    signed   ${leaf.signatureAlgorithm}`,
      `    sha256   ${leaf.fingerprint}`,
      ...hanging('    asked    ', asked.join(', ')),
      '',
    ]),
    ...unanswered.map(({ asked, why }) =>
      paint('yellow', `  ${asked}: no clear answer (${cleanText(doubtText(why))})`),
    ),
  ];
}

function keyName({ key }: CertificateFacts): string {
  return key.kind === 'RSA' || key.kind === 'DSA' ? `${key.kind} ${key.bits}` : (key.curve ?? key.kind);
}

/** The span counts its last second (RFC 5280, 4.1.2.5). */
function validity({ notBefore, notAfter }: CertificateFacts, at: Date): string {
  const span = formatDuration(secondsBetween(notBefore, notAfter) + 1, 'en');
  const left = secondsBetween(at, notAfter);
  return left < 0
    ? `${span}, ${paint(['red', 'bold'], `expired ${formatDuration(left, 'en')} ago`)}`
    : `${span}, ${formatDuration(left, 'en')} left`;
}

function hanging(label: string, text: string): string[] {
  return wrap(text, textWidth() - label.length).map(
    (line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  );
}
