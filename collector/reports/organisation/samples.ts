import { isSameLot } from '../../../policies/checks/spot-checks.ts';
import type { Policy } from '../../../policies/load.ts';
import { listSamples, type ListedSample } from '../../people/samples.ts';
import type { ReportedCheck, ReportedLot, ReportedSample } from '../model.ts';
import type { DescribedActs } from './acts.ts';

type About = Pick<DescribedActs, 'organisation' | 'acts' | 'written' | 'period'>;

/**
 * What was to be looked at in the period, and what was found.
 * @param documents those that the organisation follows when the period ends
 */
export function describeSamples(about: About, documents: readonly Policy[]): ReportedSample[] {
  const { organisation, period } = about;
  return listSamples(organisation, documents)
    .filter(({ first }) => Date.parse(first.receivedAt) < period.until)
    .map((one) => describeSample(one, about))
    .filter(({ due, lots }) => {
      const written = lots.flatMap(({ checks }) => checks.map(({ entry }) => Date.parse(entry.receivedAt)));
      return due === null || Math.max(Date.parse(due), ...written) >= period.from;
    })
    .reverse();
}

function describeSample(one: ListedSample, about: About): ReportedSample {
  const { month, first, root, population, sample, asked, due } = one;
  const isSealed = one.sealed !== null && Date.parse(one.sealed.receivedAt) < about.period.until;
  const sealed = isSealed ? one.sealed : null;
  const lots = sealed === null ? [] : sample.slice(0, asked);
  return {
    ...{ month, first, root, population, sealed, due: sealed === null ? null : due },
    lots: lots.map((lot) => ({ ...lot, checks: checksOf(month, lot, about) })),
  };
}

function checksOf(month: string, lot: Omit<ReportedLot, 'checks'>, { acts, written }: About): ReportedCheck[] {
  return acts.flatMap(({ taken, entry }): ReportedCheck[] => {
    const { act, by } = taken;
    if (act.act !== 'spot-check' || act.month !== month || !isSameLot(act, lot)) return [];
    return [{ found: act.found, entry, by, statement: written.statement(taken), files: written.files(taken) }];
  });
}
