import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '../../agent/agent.ts';
import { enrol } from '../../agent/enrol.ts';
import { createAuthority, readAuthority } from '../../collector/clients/authority.ts';
import type { Collector, CollectorInput } from '../../collector/collector.ts';
import { Authority } from './authority.ts';
import { agentOn, collectorOn, origin, type AgentChoices } from './road.ts';

/** A collector that speaks TLS, whose agents may or must have client certificates, for tests of these. */

export type Mode = 'off' | 'optional' | 'required';

/** What a test of them works in. */
export interface Place {
  readonly folder: string;
  /** Of the collector. */
  readonly data: string;
  /** Who vouches for the collector's own certificate, as PEM file. */
  readonly ca: string;
  readonly tls: { readonly certificate: string; readonly key: string };
}

export function placeIn(folder: string): Place {
  const authority = new Authority(folder);
  const root = authority.issue({
    name: 'root',
    extensions: ['basicConstraints = critical,CA:TRUE', 'keyUsage = critical,keyCertSign'],
  });
  const leaf = authority.issue({
    ...{ name: 'collector', by: 'root' },
    extensions: ['subjectAltName = DNS:localhost,IP:127.0.0.1', 'extendedKeyUsage = serverAuth'],
  });
  const data = join(folder, 'collector-data');
  return { folder, data, ca: root.pem, tls: { certificate: leaf.pem, key: leaf.key } };
}

/** Makes the collector's authority where there is none. */
export function startIn(
  { data, tls }: Place,
  clientCertificates: Mode,
  input: Partial<Omit<CollectorInput, 'config'>> = {},
): Promise<Collector & AsyncDisposable> {
  if (readAuthority(data) === undefined) createAuthority(data, origin, input.now?.() ?? new Date());
  return collectorOn(data, { ...input, config: { tls: { ...tls, clientCertificates } } });
}

/** Where an agent of that name keeps its things. */
export function agentFolderIn({ folder }: Place, agent: string): string {
  return join(folder, `agent-${agent}`);
}

/** Enrols an agent and opens it. */
export async function enrolIn(
  place: Place,
  collector: Pick<Collector, 'url' | 'tokens'>,
  agent: string,
  choices: AgentChoices = {},
): Promise<Agent> {
  const at = choices.now?.() ?? new Date();
  const { secret: token } = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, at);
  const data = agentFolderIn(place, agent);
  await enrol({ collector: collector.url, ca: place.ca, token, agent, data });
  return agentOn(data, choices, collector.url);
}

/** The certificate that an agent keeps, in PEM; undefined where it has none. */
export function keptBy(place: Place, agent: string): string | undefined {
  try {
    const text = readFileSync(join(agentFolderIn(place, agent), 'client-certificate.json'), 'utf8');
    return (JSON.parse(text) as { certificate: string }).certificate;
  } catch {
    return undefined;
  }
}
