import type { KeyObject, X509Certificate } from 'node:crypto';
import { isAgentName } from '../../evidence/report.ts';
import { clockToleranceSeconds, secondsBetween } from '../../policies/quantities.ts';
import type { ClientAuthority } from './authority.ts';
import { clientAuthentication, clientCertificate } from './certificate.ts';

/** An enrolment, as a certificate names it. */
export interface Enrolment {
  readonly agent: string;
  readonly epoch: number;
}

/** What became of a certificate that was shown, or was not. */
export type Shown =
  | { readonly state: 'none' }
  | { readonly state: 'worthless'; readonly code: WorthlessCode; readonly why: string }
  | { readonly state: 'counts'; readonly enrolment: Enrolment; readonly isToBeRenewed: boolean };

export type WorthlessCode =
  'certificate.unknown-authority' | 'certificate.form' | 'certificate.not-yet-valid' | 'certificate.expired';

/** A certificate holds so many days, and no longer than its authority's own. */
const certificateDays = 90;

/** When so much of its time is over, it is to be renewed: a host that is away for a month still has one. */
const renewedAfter = 2 / 3;

/**
 * An agent's certificate. It begins a little earlier than now, so that a clock which is set back a little does no harm.
 * @param publicKey of the agent's connections
 * @returns PEM; undefined where the authority's own time is over
 */
export function certify(
  enrolment: Enrolment,
  publicKey: KeyObject,
  { key, certificate }: Pick<ClientAuthority, 'key' | 'certificate'>,
  at: Date,
): string | undefined {
  const end = certificate.validToDate;
  if (end <= at) return undefined;
  const notAfter = new Date(Math.min(end.getTime(), at.getTime() + certificateDays * 86_400_000));
  const notBefore = new Date(at.getTime() - clockToleranceSeconds * 1000);
  const { agent } = enrolment;
  const order = { key, authority: certificate, uri: uriOf(enrolment), commonName: agent, publicKey };
  return clientCertificate({ ...order, validity: { notBefore, notAfter } });
}

/**
 * Whose certificate it is, and whether it counts at a moment. That whoever shows it has its key is for TLS to see to. TLS's
 * own verdict of the certificate is not asked: it is of the moment when the connection began, which may be long ago.
 * @param shown undefined where none was
 */
export function examine(
  shown: X509Certificate | undefined,
  authority: Pick<ClientAuthority, 'certificate' | 'previous'>,
  at: Date,
): Shown {
  if (shown === undefined) return { state: 'none' };
  const issuer = issuerOf(shown, authority);
  if (issuer === undefined) {
    return worthless('certificate.unknown-authority', 'it is not signed by this collector’s own authority');
  }
  const enrolment = enrolmentIn(shown);
  if (enrolment === undefined) return worthless('certificate.form', 'it is not of the form of an agent’s certificate');
  const notBefore = new Date(Math.max(shown.validFromDate.getTime(), issuer.validFromDate.getTime()));
  const notAfter = new Date(Math.min(shown.validToDate.getTime(), issuer.validToDate.getTime()));
  if (at < notBefore) return worthless('certificate.not-yet-valid', `it holds from ${notBefore.toISOString()} on`);
  if (at > notAfter) return worthless('certificate.expired', `it held until ${notAfter.toISOString()}`);
  const isOld = secondsBetween(notBefore, at) > renewedAfter * secondsBetween(notBefore, notAfter);
  return { state: 'counts', enrolment, isToBeRenewed: isOld || issuer !== authority.certificate };
}

function worthless(code: WorthlessCode, why: string): Shown {
  return { state: 'worthless', code, why };
}

function issuerOf(
  shown: X509Certificate,
  { certificate, previous }: Pick<ClientAuthority, 'certificate' | 'previous'>,
): X509Certificate | undefined {
  const authorities = previous === undefined ? [certificate] : [certificate, previous];
  return authorities.find((authority) => shown.checkIssued(authority) && shown.verify(authority.publicKey));
}

interface Named extends Pick<X509Certificate, 'ca' | 'subjectAltName'> {
  /** The extended one; undefined, whatever Node's types say, where there is none. */
  readonly keyUsage: readonly string[] | undefined;
}

/** Whoever has the authority's key could have signed something else with it: only this form is for agents. */
function enrolmentIn({ ca, keyUsage, subjectAltName }: Named): Enrolment | undefined {
  const isForClients = !ca && keyUsage?.length === 1 && keyUsage[0] === clientAuthentication;
  const [, epoch, agent = ''] = /^URI:waarborg:agent:([1-9][0-9]{0,9}):([^,:]+)$/.exec(subjectAltName ?? '') ?? [];
  return isForClients && isAgentName(agent) ? { agent, epoch: Number(epoch) } : undefined;
}

function uriOf({ agent, epoch }: Enrolment): string {
  return `waarborg:agent:${epoch}:${agent}`;
}
