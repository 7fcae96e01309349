import { join } from 'node:path';
import { anomaliesCollector } from '../../../../agent/collect/anomalies/index.ts';
import { RecordedHost, type Recording } from '../../../../agent/host/recorded.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { openLedger } from '../../../../agent/ledger.ts';
import { anomalies } from '../../../../policies/checks/anomalies.ts';
import { Facts, type AnomaliesFacts } from '../../../../policies/checks/anomalies/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { temporaryFolder } from '../../../support/tools.ts';

export interface Look {
  readonly facts: AnomaliesFacts;
  /** As `verdict code`, the code without its kind; each once. */
  readonly verdicts: string[];
}

const log = '/var/log/auth.log';

/** A machine whose logs grow, and an agent that looks now and then and remembers on disk. End it with its block. */
export function machine(settings: object = {}, zone = 'Etc/UTC') {
  const folder = temporaryFolder();
  const ledgerFile = join(folder.path, 'ledger.json');
  const files: Record<string, string | Uint8Array> = { [log]: '' };
  const modifiedAt: Record<string, Date> = {};
  const commands: NonNullable<Recording['commands']> = {};
  const host = new RecordedHost({
    files,
    modifiedAt,
    commands: { ...commands, 'readlink -f /etc/localtime': { stdout: `/usr/share/zoneinfo/${zone}\n` } },
  });
  return {
    files,
    modifiedAt,
    host,
    ledgerFile,
    /** Appends to a log in the form of rsyslog. */
    write(moment: string, message: string, program = 'sshd[7]', path = log): void {
      const before = files[path] ?? '';
      const text = typeof before === 'string' ? before : '';
      files[path] = `${text}${new Date(moment).toISOString().replace('Z', '+00:00')} web1 ${program}: ${message}\n`;
      modifiedAt[path] = new Date(moment);
    },
    rotate(path = log): void {
      files[`${path}.1`] = files[path] ?? '';
      modifiedAt[`${path}.1`] = modifiedAt[path] ?? new Date(0);
      files[path] = '';
    },
    async look(at: string | Date, parameters: object, on: Host = host): Promise<Look> {
      const moment = new Date(at);
      const ledger = openLedger(ledgerFile, moment);
      const context = collecting(on, { at: moment, ledger });
      const facts = Facts.parse(await anomaliesCollector.collect(context, settings, [parameters]));
      ledger.save(ledgerFile);
      const reasons = anomalies.judge(read(facts), parameters, moment);
      const lines = reasons.map(({ verdict, code }) => `${verdict} ${code.replace('anomalies.', '')}`);
      return { facts, verdicts: [...new Set(lines)] };
    },
    [Symbol.dispose]() {
      folder[Symbol.dispose]();
    },
  };
}
export type Machine = ReturnType<typeof machine>;

/** `2026-11-01` and so many days later. */
export function day(after: number): string {
  return new Date(Date.UTC(2026, 10, 1 + after)).toISOString().slice(0, 10);
}

/** A record of wtmp(5) as 64-bit PCs have it. */
export function terminalLogin(moment: string, from = '192.0.2.7'): Uint8Array {
  const bytes = Buffer.alloc(384);
  bytes.writeInt16LE(7, 0);
  bytes.write('pts/0', 8, 'latin1');
  bytes.write('jan', 44, 'latin1');
  bytes.write(from, 76, 'latin1');
  bytes.writeUInt32LE(Date.parse(moment) / 1000, 340);
  return bytes;
}
