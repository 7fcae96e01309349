import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { ManagedFacts } from './facts.ts';
import { because } from './reasons.ts';

/**
 * Judges whether services still run libraries that an update replaced: until they are restarted the hole is open. Sessions
 * of people end by themselves, and a container is mended by a new image.
 */
export function judgeOutdated(outdated: ManagedFacts['outdated']): Reason[] {
  if (outdated === undefined) return [];
  if (outdated.state === 'unreadable') {
    const { obstacle } = outdated;
    return [obstacle.code === 'denied' ? because('updates.programs-hidden', {}) : obstacleReason(obstacle)];
  }
  const services = outdated.value.filter(({ runs }) => runs === 'service');
  if (services.length === 0) return [because('updates.programs-current', {})];
  return services.map(({ program, replaced }) =>
    because('updates.program-outdated', { replaced: namesOf(replaced) }, program ?? '?'),
  );
}

const maximumNamed = 5;

function namesOf(files: readonly string[]): string {
  const more = files.length - maximumNamed;
  return [...files.slice(0, maximumNamed), ...(more > 0 ? [`+${more}`] : [])].join(', ');
}
