import { z } from 'zod';
import { Duration } from '../quantities.ts';
import { obstacleReason, obstacleReasons } from '../reading.ts';
import type { Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';
import { Facts, type AptFacts, type UpdatesFacts } from './updates/facts.ts';
import { judgeLists, listsAreSound } from './updates/lists.ts';
import { judgeReboot } from './updates/reboot.ts';
import { because, reasons } from './updates/reasons.ts';
import { judgeWaiting } from './updates/waiting.ts';
import { judgeWindow, Window } from './updates/window.ts';

/** Seconds, where a control does not say. */
export const updatesDefaults = {
  maximumListAge: Duration.parse('7d'),
  maximumSecurityPending: Duration.parse('14d'),
} as const;

interface Currency {
  readonly demand: 'current';
  readonly maximumListAge: number;
  readonly maximumSecurityPending: number;
  readonly rebootPending: 'fail' | 'ignore';
}
interface WindowKept {
  readonly demand: 'window';
  readonly window: Window;
}

/**
 * One of two promises: that the host is up to date (the default), or, with `window` alone, that upgrades are made at
 * certain hours.
 */
export const UpdatesParameters = z
  .strictObject({
    /** How old the security archive's lists may be, by the date that the archive itself gave them. */
    maximumListAge: Duration.optional(),
    /** How long a security update may wait. */
    maximumSecurityPending: Duration.optional(),
    rebootPending: z.enum(['fail', 'ignore']).optional(),
    window: Window.optional(),
  })
  .refine(
    ({ window, ...others }) => window === undefined || Object.values(others).every((value) => value === undefined),
    {
      path: ['window'],
      error: 'expected window alone: being up to date is another promise, and another control',
    },
  )
  .transform(({ window, maximumListAge, maximumSecurityPending, rebootPending }): Currency | WindowKept =>
    window === undefined
      ? {
          demand: 'current',
          maximumListAge: maximumListAge ?? updatesDefaults.maximumListAge,
          maximumSecurityPending: maximumSecurityPending ?? updatesDefaults.maximumSecurityPending,
          rebootPending: rebootPending ?? 'fail',
        }
      : { demand: 'window', window },
  );
export type UpdatesParameters = z.output<typeof UpdatesParameters>;

export const updates = defineCheckKind({
  name: 'updates',
  parameters: UpdatesParameters,
  facts: Facts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    if (facts.manager === 'unsupported') return [judgeUnsupported(facts)];
    switch (parameters.demand) {
      case 'current':
        return judgeCurrency(facts, parameters, at);
      case 'window':
        return judgeWindow(facts.history, parameters.window, at);
    }
  },
});

function judgeUnsupported({ release }: Extract<UpdatesFacts, { manager: 'unsupported' }>): Reason {
  if (release.state === 'unreadable') return obstacleReason(release.obstacle);
  const { id, versionId } = release.value;
  return because('updates.unsupported', { system: versionId === null ? id : `${id} ${versionId}` });
}

function judgeCurrency(facts: AptFacts, parameters: Currency, at: Date): Reason[] {
  const { maximumListAge, maximumSecurityPending, rebootPending } = parameters;
  return [
    ...judgeLists(facts, maximumListAge, at),
    ...judgeWaiting(facts.packages, listsAreSound(facts, maximumListAge, at), maximumSecurityPending, at),
    ...(rebootPending === 'fail' ? judgeReboot(facts.reboot) : []),
  ];
}
