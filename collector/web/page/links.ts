/** Paths of pages. Names come from agents and may hold anything: unpaired surrogates, too, which cannot be encoded. */

export function hostPath(host: string): string {
  return `/hosts/${encode(host)}`;
}

export function controlPath(policy: string, control: string): string {
  return `/policies/${encode(policy)}/controls/${encode(control)}`;
}

/** Where on a host's page a control stands. */
export function hostControlPath(host: string, policy: string, control: string): string {
  return `${hostPath(host)}#${encode(controlAnchor(policy, control))}`;
}

export const organisationPath = '/organisation';

/** Where on the organisation's page a control stands. */
export function organisationControlPath(policy: string, control: string): string {
  return `${organisationPath}#${encode(controlAnchor(policy, control))}`;
}

/** The `id` of a control on the page of a host or the organisation. */
export function controlAnchor(policy: string, control: string): string {
  return `${policy}.${control}`;
}

/** What was done about one attestation, exception or case. */
export function actPath(id: string): string {
  return `${organisationPath}/acts/${encode(id)}`;
}

/** @param part such as `file/1` */
export function actFilePath(id: string, index: number, part: string): string {
  return `${actPath(id)}/files/${index}/${encode(part.slice(part.indexOf('/') + 1))}`;
}

function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}
