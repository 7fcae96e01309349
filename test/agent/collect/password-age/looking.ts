import { join } from 'node:path';
import { passwordAgeCollector } from '../../../../agent/collect/password-age.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { openLedger } from '../../../../agent/ledger.ts';
import { passwordAge } from '../../../../policies/checks/password-age.ts';
import { PasswordAgeFacts } from '../../../../policies/checks/password-age/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder } from '../../../support/tools.ts';

export interface Look {
  readonly facts: PasswordAgeFacts;
  /** As `verdict code subject`, the code without its kind. */
  readonly verdicts: string[];
}

/** An agent that remembers, as it does between runs: on disk. End it with its block. */
export function watching(settings: object = {}) {
  const folder = temporaryFolder();
  const file = join(folder.path, 'ledger.json');
  return {
    ledgerFile: file,
    async look(
      host: Host,
      at: string | Date,
      parameters: object = {},
      values: object = {},
      otherSettings: object = {},
    ): Promise<Look> {
      const moment = new Date(at);
      const ledger = openLedger(file, moment);
      const context = collecting(host, { at: moment, ledger, ...values });
      const given = { roster: { departures: [] }, ...settings, ...otherSettings };
      const facts = PasswordAgeFacts.parse(await passwordAgeCollector.collect(context, given, [parameters]));
      ledger.save(file);
      return { facts, verdicts: verdictsOf(facts, parameters, moment) };
    },
    [Symbol.dispose]() {
      folder[Symbol.dispose]();
    },
  };
}

export function verdictsOf(facts: PasswordAgeFacts, parameters: object, at: Date): string[] {
  return passwordAge
    .judge(read(facts), parameters, at)
    .map(({ code, verdict, subject = '' }) => `${verdict} ${code.replace('password-age.', '')} ${subject}`.trim());
}
