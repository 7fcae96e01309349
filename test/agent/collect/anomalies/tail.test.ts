import { describe, expect, test } from 'vitest';
import { parseRecord, stampReader } from '../../../../agent/collect/anomalies/records.ts';
import { readAppended, type Appended, type Position } from '../../../../agent/collect/anomalies/tail.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { collecting } from '../../../support/collecting.ts';
import { day, machine } from './machine.ts';

const log = '/var/log/auth.log';

async function look(
  files: Record<string, string>,
  before: Position | undefined,
  modifiedAt: Record<string, Date> = {},
): Promise<Appended & { lines: string[] }> {
  const lines: string[] = [];
  const context = collecting(new RecordedHost({ files, modifiedAt }));
  const reading = await readAppended(context, log, before, (line) => lines.push(line));
  if (reading.state === 'unreadable') throw new Error(reading.obstacle.code);
  return { ...reading.value, lines };
}

describe('reading what was appended', () => {
  test('goes on where it ended, and takes whole lines only', async () => {
    const first = await look({ [log]: 'one\n' }, undefined);
    const second = await look({ [log]: 'one\ntwo\nthr' }, first.position);
    expect(second).toMatchObject({ lines: ['two'], isBroken: false });
    const third = await look({ [log]: 'one\ntwo\nthree\n' }, second.position);
    expect(third).toMatchObject({ lines: ['three'], isBroken: false });
  });

  test('says that something is missing where the log was rotated twice since', async () => {
    const first = await look({ [log]: 'one\n' }, undefined);
    const files = { [`${log}.2`]: 'one\ntwo\n', [`${log}.1`]: 'three\n', [log]: 'four\n' };
    const modifiedAt = { [`${log}.2`]: new Date('2026-11-20'), [`${log}.1`]: new Date('2026-11-21') };
    expect(await look(files, first.position, modifiedAt)).toMatchObject({ lines: ['two', 'four'], isBroken: true });
  });

  test('takes no other file of the folder for a piece', async () => {
    const first = await look({ [log]: 'one\n' }, undefined);
    const files = { '/var/log/syslog.1': 'one\ntwo\n', [log]: 'new\n' };
    expect(await look(files, first.position)).toMatchObject({ lines: ['new'], isBroken: true });
  });

  test('reads a log of more than 8 MiB in several runs, and calls its days broken until then', async () => {
    const line = `${'x'.repeat(1023)}\n`;
    const first = await look({ [log]: 'one\n' }, undefined);
    const files = { [log]: `one\n${line.repeat(9 * 1024)}` };
    const second = await look(files, first.position);
    expect(second).toMatchObject({ isBehind: true, isBroken: false });
    const third = await look(files, second.position);
    expect(third).toMatchObject({ isBehind: false, isBroken: false });
    expect(second.lines.length + third.lines.length).toBe(9 * 1024);

    using host = machine();
    host.write(`${day(0)}T00:00:00Z`, 'Server listening');
    await host.look(`${day(0)}T00:10:00Z`, { watch: 'logins' });
    const stamp = `${day(1)}T08:00:00+00:00 web1 sshd[7]: ${'x'.repeat(980)}\n`;
    host.files[log] = `${host.files[log] as string}${stamp.repeat(10 * 1024)}`;
    await host.look(`${day(1)}T12:00:00Z`, { watch: 'logins' });
    const { facts } = await host.look(`${day(2)}T00:10:00Z`, { watch: 'logins' });
    expect(facts.logins).toMatchObject({ value: { days: [{}, { isWhole: false, records: 10 * 1024 }] } });
  });

  test('says so where the piece that the log became holds more than is read in one run', async () => {
    const first = await look({ [log]: 'one\n' }, undefined);
    const files = { [`${log}.1`]: `one\n${`${'x'.repeat(1023)}\n`.repeat(9 * 1024)}`, [log]: 'new\n' };
    expect(await look(files, first.position)).toMatchObject({ isBroken: true });
  });
});

describe('the moment of a record', () => {
  const momentOf = stampReader('Europe/Amsterdam', new Date('2027-01-01T12:00:00Z'));
  test.each([
    ['Nov  1 08:05:07', '2026-11-01T07:05:07.000Z'],
    ['Jan  1 00:00:01', '2026-12-31T23:00:01.000Z'],
    ['Jul 14 08:00:00', '2026-07-14T06:00:00.000Z'],
    ['2026-11-01T08:05:07.123456+01:00', '2026-11-01T07:05:07.000Z'],
    ['2026-11-01T08:05:07Z', '2026-11-01T08:05:07.000Z'],
  ])('%s', (stamp, moment) => {
    const record = parseRecord(`${stamp} web1 sshd[7]: Accepted: x`);
    expect(record).toEqual({ stamp, program: 'sshd', message: 'Accepted: x' });
    expect(momentOf(stamp)?.toISOString()).toBe(moment);
  });

  test('is none for a line in another form', () => {
    expect(parseRecord('{"json": true}')).toBeUndefined();
    expect(momentOf('never')).toBeUndefined();
  });
});
