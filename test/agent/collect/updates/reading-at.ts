import { updatesCollector } from '../../../../agent/collect/updates/index.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { updates } from '../../../../policies/checks/updates.ts';
import { Facts, type UpdatesFacts } from '../../../../policies/checks/updates/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';

/** Those of a manager, which may share their form with another's. */
type FactsOf<Manager extends UpdatesFacts['manager'], All = UpdatesFacts> = All extends { manager: infer Named }
  ? Manager extends Named
    ? All
    : never
  : never;

/** Reads hosts with one package manager, and judges them, at one moment. */
export function readingAt<Manager extends 'dnf' | 'zypper'>(manager: Manager, at: Date) {
  async function collect(host: Host): Promise<FactsOf<Manager>> {
    const facts = Facts.parse(await updatesCollector.collect(collecting(host, { at }), {}, [{}]));
    if (!isOf(manager, facts)) throw new Error(`expected ${manager}, found ${facts.manager}`);
    return facts;
  }

  /** What is said of lists and of what waits. */
  async function codes(host: Host): Promise<string[]> {
    const parameters = { rebootPending: 'ignore', outdatedPrograms: 'ignore' };
    const reasons = updates.judge(read(await collect(host)), parameters, at);
    return reasons.map(({ code, subject }) => [code, ...(subject === undefined ? [] : [subject])].join(' ')).slice(1);
  }

  return { collect, codes };
}

function isOf<Manager extends UpdatesFacts['manager']>(
  manager: Manager,
  facts: UpdatesFacts,
): facts is FactsOf<Manager> {
  return facts.manager === manager;
}
