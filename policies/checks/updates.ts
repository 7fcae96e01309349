import { z } from 'zod';
import { Duration } from '../quantities.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { judgeAutomatic } from './updates/automatic.ts';
import { Facts, type ManagedFacts, type UpdatesFacts } from './updates/facts.ts';
import { judgeLists } from './updates/lists.ts';
import { judgeOutdated } from './updates/outdated.ts';
import { judgeReboot } from './updates/reboot.ts';
import { because, reasons } from './updates/reasons.ts';
import { judgeRepositories, type RepositoryLimits } from './updates/repositories.ts';
import { judgeSupport, nameOf, type SupportWanted } from './updates/support.ts';
import { judgeWaiting } from './updates/waiting.ts';
import { judgeWindow, Window } from './updates/window.ts';

/** Seconds, where a control does not say. */
export const updatesDefaults = {
  maximumListAge: Duration.parse('7d'),
  maximumSecurityPending: Duration.parse('14d'),
  maximumStandstill: Duration.parse('60d'),
} as const;

interface Currency extends RepositoryLimits {
  readonly demand: 'current';
  readonly maximumSecurityPending: number;
  readonly rebootPending: 'fail' | 'ignore';
  readonly outdatedPrograms: 'fail' | 'ignore';
  readonly support: SupportWanted;
  /** Seconds since updates last installed themselves; undefined where they need not. */
  readonly automatic: number | undefined;
}
interface Looked extends RepositoryLimits {
  readonly demand: 'looked';
}
interface WindowKept {
  readonly demand: 'window';
  readonly window: Window;
}

/**
 * One of three promises: that the host is up to date (the default); with `look` alone, that somebody looks for updates
 * that often; with `window` alone, that upgrades are made at certain hours.
 */
export const UpdatesParameters = z
  .strictObject({
    /** How old the lists may be: of apt's security archive by the date it gave them, elsewhere since they were asked for. */
    maximumListAge: Duration.optional(),
    /** How long a security update may wait. */
    maximumSecurityPending: Duration.optional(),
    /** How long the repositories of dnf and zypper may stand still before the mirror is doubted. */
    maximumStandstill: Duration.optional(),
    rebootPending: z.enum(['fail', 'ignore']).optional(),
    /** Services that run replaced files. */
    outdatedPrograms: z.enum(['fail', 'ignore']).optional(),
    /** Which end of the release's support counts. */
    support: z.enum(['standard', 'extended']).optional(),
    /** Updates must install themselves, and have done so within this long. */
    automatic: Duration.optional(),
    look: Duration.optional(),
    window: Window.optional(),
  })
  .superRefine((given, context) => {
    const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    for (const alone of ['look', 'window'] as const) {
      if (given[alone] === undefined || names.length === 1) continue;
      context.addIssue({
        code: 'custom',
        path: [alone],
        message: `expected ${alone} alone: being up to date is another promise, and another control`,
      });
    }
  })
  .transform(({ look, window, ...given }): Currency | Looked | WindowKept => {
    const { maximumStandstill } = updatesDefaults;
    if (window !== undefined) return { demand: 'window', window };
    if (look !== undefined) return { demand: 'looked', maximumListAge: look, maximumStandstill };
    return {
      demand: 'current',
      maximumListAge: given.maximumListAge ?? updatesDefaults.maximumListAge,
      maximumSecurityPending: given.maximumSecurityPending ?? updatesDefaults.maximumSecurityPending,
      maximumStandstill: given.maximumStandstill ?? maximumStandstill,
      rebootPending: given.rebootPending ?? 'fail',
      outdatedPrograms: given.outdatedPrograms ?? 'fail',
      support: given.support ?? 'standard',
      automatic: given.automatic,
    };
  });
export type UpdatesParameters = z.output<typeof UpdatesParameters>;

export const updates = defineCheckKind({
  name: 'updates',
  parameters: UpdatesParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    if (facts.manager === 'unsupported') return judgeUnsupported(facts, parameters, at);
    switch (parameters.demand) {
      case 'current':
        return judgeCurrency(facts, parameters, at);
      case 'looked':
        return judgeSources(facts, parameters, at);
      case 'window':
        return judgeWindow(facts.history, parameters.window, at);
    }
  },
});

/** Of a system whose packages cannot be read it can still be told that its makers left it. */
function judgeUnsupported(
  facts: Extract<UpdatesFacts, { manager: 'unsupported' }>,
  parameters: UpdatesParameters,
  at: Date,
): Reason[] {
  const { release } = facts;
  if (release.state === 'unreadable') return [obstacleReason(release.obstacle)];
  const support = parameters.demand === 'current' ? judgeSupport(facts, parameters.support, at) : [];
  return [
    ...support.filter(({ verdict }) => verdict === 'fail'),
    because('updates.unsupported', { system: nameOf(release.value) }),
  ];
}

function judgeSources(facts: ManagedFacts, limits: RepositoryLimits, at: Date): Reason[] {
  return facts.manager === 'apt' ? judgeLists(facts, limits.maximumListAge, at) : judgeRepositories(facts, limits, at);
}

function judgeCurrency(facts: ManagedFacts, parameters: Currency, at: Date): Reason[] {
  const sources = judgeSources(facts, parameters, at);
  const areSound = sources.every(({ verdict }) => verdict === 'pass');
  return [
    ...judgeSupport(facts, parameters.support, at),
    ...sources,
    ...judgeWaiting(facts.packages, areSound, parameters.maximumSecurityPending, at),
    ...(parameters.automatic === undefined ? [] : judgeAutomatic(facts, parameters.automatic, at)),
    ...(parameters.rebootPending === 'fail' ? judgeReboot(facts.reboot, facts.manager) : []),
    ...(parameters.outdatedPrograms === 'fail' ? judgeOutdated(facts.outdated) : []),
  ];
}
