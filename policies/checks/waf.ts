import { z } from 'zod';
import { obstacleReason } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { WafFacts, type Answer, type Exception, type Probe, type Site } from './waf/facts.ts';
import { because, wafReasons } from './waf/reasons.ts';

export const WafParameters = z
  .strictObject({
    /** Whether the engine must be on for every site, by the web servers' configuration. */
    engine: z.literal(true).optional(),
    /** Whether an obvious attack must be refused by every site. */
    probe: z.literal(true).optional(),
    /** The least version of the core rule set. */
    minimumCoreRules: z
      .string()
      .regex(/^\d+(\.\d+){0,2}$/, 'expected a version such as 3.3.4')
      .optional(),
    /** The highest score that the core rule set may let pass. */
    maximumThreshold: z.int().min(1).default(25),
    /** With which status an attack may be refused; ending the connection counts as well. */
    refusals: z.array(z.int().min(400).max(499)).min(1).max(20).default([403, 406]),
  })
  .refine(({ engine, probe }) => engine !== undefined || probe !== undefined, 'expected "engine" or "probe"');
export type WafParameters = z.output<typeof WafParameters>;

/** Whether a firewall for web applications refuses attacks, by configuration and by a harmless probe. */
export const waf = defineCheckKind({
  name: 'waf',
  parameters: WafParameters,
  facts: WafFacts,
  reasons: wafReasons,
  judge(facts, parameters) {
    return [
      ...(parameters.engine === true ? judgeConfigurations(facts, parameters) : []),
      ...(parameters.probe === true ? judgeProbes(facts, parameters) : []),
    ];
  },
});

function judgeConfigurations({ servers, others, exceptions }: WafFacts, parameters: WafParameters): Reason[] {
  if (servers.length === 0 && others.length === 0) return [because('waf.no-web-server', {})];
  return [
    ...servers.flatMap(({ software, sites }) => {
      if (sites.state === 'unreadable') return [obstacleReason(sites.obstacle, software)];
      if (sites.value.length === 0) return [because('waf.no-sites', { software }, software)];
      return sites.value.flatMap((site) => judgeSite(site, software, exceptions, parameters));
    }),
    ...others.map((program) => because('waf.not-readable', { program }, program)),
  ];
}

function judgeSite(
  site: Site,
  software: string,
  listed: readonly string[],
  { minimumCoreRules: minimum, maximumThreshold: maximum }: WafParameters,
): Reason[] {
  const subject = subjectOf(site, software);
  if (site.givesNothing && site.engine !== 'On') return [because('waf.gives-nothing', { software }, subject)];
  if (site.engine === 'Off') return [because('waf.engine-off', { software }, subject)];
  if (site.engine === 'DetectionOnly') return [because('waf.detection-only', { software }, subject)];
  const { rules, coreRules: version } = site;
  const wholesale = site.removed.filter(isWholesale);
  const weaknesses = [
    ...(version === null ? [because('waf.no-core-rules', { rules }, subject)] : []),
    ...(version !== null && minimum !== undefined && compareVersions(version, minimum) < 0
      ? [because('waf.core-rules-old', { version, minimum }, subject)]
      : []),
    ...(site.threshold !== null && site.threshold > maximum
      ? [because('waf.threshold', { threshold: site.threshold, maximum }, subject)]
      : []),
    ...(wholesale.length > 0
      ? [because('waf.rules-removed', { removed: wholesale.join(', ').slice(0, 1000) }, subject)]
      : []),
    ...(site.conditional > 0 ? [because('waf.conditional', { count: site.conditional }, subject)] : []),
  ];
  const exceptions = site.exceptions.map((exception) => judgeException(exception, listed, subject));
  if (weaknesses.length > 0) return [...weaknesses, ...exceptions];
  const removed = site.removed.join(', ').slice(0, 300) || '-';
  return [because('waf.engine-on', { software, rules, version: version ?? '-', removed }, subject), ...exceptions];
}

function judgeException({ where, engine }: Exception, listed: readonly string[], subject: string): Reason {
  const path = where.slice(where.lastIndexOf(' ') + 1);
  const code = listed.includes(path) ? 'waf.exception-listed' : 'waf.exception';
  return because(code, { where, engine }, subject);
}

/** A range of 900 numbers or more, which in the core rule set is a family of attacks; its tags name families as well. */
function isWholesale(removed: string): boolean {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(removed) ?? [];
  if (from !== undefined && to !== undefined) return Number(to) - Number(from) >= 899;
  return /^tag (?:OWASP_CRS|attack-|\.\*|\.\+|\/)/.test(removed);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    // What is no number is no version that is known to be enough.
    if (Number.isNaN(difference)) return -1;
    if (difference !== 0) return difference;
  }
  return 0;
}

function subjectOf({ names, listens }: Site, software: string): string {
  const [first] = names;
  const others = names.length > 1 ? ` +${names.length - 1}` : '';
  return `${software} ${first ?? '-'}${others} (${listens.slice(0, 3).join(', ')})`;
}

function judgeProbes({ probes }: WafFacts, { refusals }: WafParameters): Reason[] {
  if (probes === null) return [because('waf.probe-not-allowed', {})];
  if (probes.state === 'unreadable') return [obstacleReason(probes.obstacle)];
  const { made, left } = probes.value;
  const reasons = made.map((probe) => judgeProbe(probe, refusals));
  if (left > 0) reasons.push(because('waf.probes-left', { count: left }));
  return reasons.length > 0 ? reasons : [because('waf.nothing-to-probe', {})];
}

function judgeProbe({ url, address, leadsAway, plain, attack }: Probe, refusals: readonly number[]): Reason {
  const answer = textOf(attack);
  const isRefused = attack.state === 'closed' || (attack.state === 'status' && refusals.includes(attack.status));
  // A site that turns everybody away, or that is broken, shows nothing by turning an attack away.
  const isServed = plain.state === 'status' && plain.status < 400;
  if (isServed && isRefused) return because('waf.refused', { address, answer, status: plain.status }, url);
  if (isServed && leadsAway) return because('waf.leads-away', { address, status: plain.status }, url);
  if (isServed && attack.state === 'status') {
    // An error of the server is no refusal, and may yet come from an engine.
    if (attack.status < 500) {
      return because('waf.answered', { address, answer, refusals: refusals.join(', ') }, url);
    }
  }
  // An answer of its own to a page that is not there still shows that the attack went through to it.
  if (plain.state === 'status' && plain.status === 404 && isRefused) {
    return because('waf.refused', { address, answer, status: plain.status }, url);
  }
  if (plain.state === 'status' && plain.status === 404 && attack.state === 'status' && attack.status === 404) {
    return because('waf.answered', { address, answer, refusals: refusals.join(', ') }, url);
  }
  return because('waf.probe-unclear', { address, plain: textOf(plain), answer }, url);
}

function textOf(answer: Answer): string {
  return answer.state === 'status' ? String(answer.status) : answer.state === 'closed' ? 'closed' : answer.detail;
}
