import { stringify } from 'yaml';
import { loadPolicy, parsePolicy, type Policy } from '../../../policies/load.ts';

/** Of each document the controls that the year is about, with the parameters that they come with. */
const asked = {
  antum: ['AN-server-password-rotation', 'AN-alert-response', 'AN-alert-response.normal'],
  'cloud-provider': [
    'CP-time-sync',
    'CP-access-review.signed',
    'CP-disclosure',
    'CP-incident-process',
    'CP-certifications',
  ],
  voxio: ['VX-measures-monitored', 'VX-spot-checks'],
} as const;

/** What hosts are held to; the organisation is held to all. */
export const hostPolicies = ['antum', 'cloud-provider'] as const;

export function yearPolicies(): Policy[] {
  return Object.entries(asked).map(([name, ids]) => {
    const { policy, version, title, source, controls } = loadPolicy(name);
    const chosen = controls.filter(({ id }) => ids.some((one) => one === id));
    return parsePolicy(stringify({ policy, version, title, source, controls: chosen }), `${name}.yaml`);
  });
}
