import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Answer, HttpRestrictionFacts, Site, Tried } from './facts.ts';
import { because } from './reasons.ts';

/** What is asked of sites as strangers see them. */
export interface Question {
  readonly paths: readonly string[];
  readonly agents: readonly string[];
  /** Statuses that count as turning away. */
  readonly refusals: readonly number[];
}

export function judgeSites(sites: HttpRestrictionFacts['sites'], question: Question): Reason[] {
  if (sites === null || sites.length === 0) return [because('http-restriction.sites-not-set', {})];
  return sites.flatMap((site) => judgeSite(site, question));
}

function judgeSite({ site, tried }: Site, question: Question): Reason[] {
  if (tried.state === 'unreadable') return [obstacleReason(tried.obstacle, site)];
  return tried.value.flatMap((one) => judgeTried(one, site, question));
}

function judgeTried(tried: Tried, site: string, { paths, agents, refusals }: Question): Reason[] {
  const { address, front } = tried;
  if (tried.isOwn && paths.length > 0) return [because('http-restriction.not-outside', { address }, site)];
  // Whoever is turned away from the front page as well says nothing of what lies behind it.
  if (front.state !== 'status' || front.status >= 400) {
    return [because('http-restriction.front-unclear', { address, answer: textOf(front) }, site)];
  }
  return [
    ...paths.map((path) => judgePath(path, tried, front.status, site, refusals)),
    ...agents.map((agent) => judgeAgent(agent, tried, front.status, site, refusals)),
  ];
}

function judgePath(path: string, tried: Tried, front: number, site: string, refusals: readonly number[]): Reason {
  const { address, nothing } = tried;
  const answer = tried.paths.find((one) => one.path === path)?.answer ?? notTried;
  const subject = `${site}${path}`;
  const values = { address, path, answer: textOf(answer) };
  if (isRefusal(answer, refusals)) return because('http-restriction.path-refused', { ...values, front }, subject);
  if (answer.state !== 'status' || answer.status >= 400) {
    return because('http-restriction.path-unclear', values, subject);
  }
  if (nothing.state === 'status' && nothing.status === answer.status) {
    return because('http-restriction.path-like-any', values, subject);
  }
  return because('http-restriction.path-answered', { ...values, refusals: refusals.join(', ') }, subject);
}

function judgeAgent(agent: string, tried: Tried, front: number, site: string, refusals: readonly number[]): Reason {
  const { address } = tried;
  const answer = tried.agents.find((one) => one.agent === agent)?.answer ?? notTried;
  const values = { address, agent, answer: textOf(answer) };
  if (isRefusal(answer, refusals)) return because('http-restriction.agent-refused', { ...values, front }, site);
  if (answer.state !== 'status' || answer.status >= 400) {
    return because('http-restriction.agent-unclear', values, site);
  }
  return because('http-restriction.agent-served', { ...values, refusals: refusals.join(', ') }, site);
}

const notTried: Answer = { state: 'none', detail: 'not tried' };

function isRefusal(answer: Answer, refusals: readonly number[]): boolean {
  return answer.state === 'closed' || (answer.state === 'status' && refusals.includes(answer.status));
}

function textOf(answer: Answer): string {
  return answer.state === 'status' ? String(answer.status) : answer.state === 'closed' ? 'closed' : answer.detail;
}
