import { stringify } from 'yaml';
import { loadPolicy, parsePolicy, type Policy } from '../../policies/load.ts';
import { isShownByPeople } from '../../policies/people/organisation.ts';
import { simulated } from './facts/index.ts';

const sources = ['antum', 'cloud-provider', 'psohub'] as const;

/**
 * What the simulated hosts are held to: of documents that come with Waarborg those controls whose check kinds are
 * simulated, or that people show, under names and titles that say so.
 */
export function demonstrationPolicies(): Policy[] {
  return sources.map((name) => excerpt(loadPolicy(name)));
}

function excerpt({ policy, version, title, source, controls }: Policy): Policy {
  const name = `demo-${policy}`;
  const document = {
    policy: name,
    version,
    title: { nl: `Demonstratie: ${title.nl}`, en: `Demonstration: ${title.en}` },
    source: { ...source, document: `${source.document} (demonstration)` },
    controls: controls.filter(({ check }) => check in simulated || isShownByPeople(check)),
  };
  return parsePolicy(stringify(document), `${name}.yaml`);
}
