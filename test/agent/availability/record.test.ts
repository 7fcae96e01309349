import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  openRecord,
  saveRecord,
  seenUntil,
  withLook,
  type AvailabilityRecord,
  type Found,
} from '../../../agent/availability/record.ts';
import { temporaryFolder } from '../../support/tools.ts';

const start = Date.parse('2026-10-01T00:00:00Z');
const up: Found = { state: 'up' };
const down: Found = { state: 'down', why: 'refused' };

function moment(seconds: number): Date {
  return new Date(start + seconds * 1000);
}

/** Looks of one target: seconds from the beginning, and how it was found. */
function recordOf(...looks: readonly (readonly [seconds: number, found: Found])[]): AvailabilityRecord | undefined {
  return looks.reduce<AvailabilityRecord | undefined>(
    (record, [seconds, found]) => withLook(record, moment(seconds), new Map([['https www', found]])),
    undefined,
  );
}

function stretchesOf(record: AvailabilityRecord | undefined) {
  return record?.targets['https www']?.map(({ from, state }) => [(Date.parse(from) - start) / 1000, state]);
}

describe('the record of availability', () => {
  it('holds changes only, and stays the same while nothing changes', () => {
    const looks = recordOf([0, up], [30, up], [60, down], [90, { ...down, why: 'silent' }], [120, up]);
    expect(stretchesOf(looks)).toEqual([
      [0, 'up'],
      [60, 'down'],
      [120, 'up'],
    ]);
    expect(looks?.targets['https www']?.[1]).toEqual({ from: moment(60).toISOString(), ...down });
  });

  it('is unknown between two looks that are too far apart, from the first of them on', () => {
    expect(stretchesOf(recordOf([0, up], [90, up]))).toEqual([[0, 'up']]);
    expect(stretchesOf(recordOf([0, up], [91, up]))).toEqual([
      [0, 'unknown'],
      [91, 'up'],
    ]);
    expect(stretchesOf(recordOf([0, up], [30, up], [600, down]))).toEqual([
      [0, 'up'],
      [30, 'unknown'],
      [600, 'down'],
    ]);
  });

  it('is unknown from the last look on where that is too long ago', () => {
    const record = recordOf([0, up], [30, up]);
    if (record === undefined) throw new Error('no record');
    expect(stretchesOf(seenUntil(record, moment(120)))).toEqual([[0, 'up']]);
    expect(stretchesOf(seenUntil(record, moment(121)))).toEqual([
      [0, 'up'],
      [30, 'unknown'],
    ]);
  });

  it('does not go on as up after a restart that took longer', () => {
    using folder = temporaryFolder();
    const before = recordOf([0, up], [30, up]);
    if (before === undefined) throw new Error('no record');
    saveRecord(folder.path, before);
    const opened = openRecord(folder.path);
    expect(opened).toEqual({ state: 'read', value: before });
    if (opened.state !== 'read') throw new Error('unreadable');
    const after = withLook(opened.value, moment(1800), new Map([['https www', up]]));
    expect(stretchesOf(after)).toEqual([
      [0, 'up'],
      [30, 'unknown'],
      [1800, 'up'],
    ]);
  });

  it('begins anew where the clock was set back, and waits where it was put right by some seconds', () => {
    const looks = [[0, up] as const, [30, down] as const, [60, up] as const];
    expect(stretchesOf(recordOf(...looks, [-3600, up]))).toEqual([[-3600, 'up']]);
    expect(recordOf(...looks, [50, down])).toEqual(recordOf(...looks));
  });

  it('forgets what ended forty days ago, and keeps when the oldest stretch began', () => {
    const day = 86_400;
    const looks = Array.from({ length: 60 }, (_, index) => [index * day, index * day + 30]).flat();
    const stretches = stretchesOf(recordOf(...looks.map((seconds) => [seconds, up] as const)));
    // Half a minute of each day was seen. At the last look forty days ago is the nineteenth day, half a minute after its beginning.
    expect(stretches?.[0]).toEqual([19 * day, 'up']);
    expect(stretches?.[1]).toEqual([19 * day + 30, 'unknown']);
    expect(stretches?.at(-1)).toEqual([59 * day, 'up']);
  });

  it('that nobody kept up is one stretch of unknown', () => {
    const day = 86_400;
    expect(stretchesOf(recordOf([0, up], [day, up], [2 * day, down]))).toEqual([
      [0, 'unknown'],
      [2 * day, 'down'],
    ]);
  });

  it('holds a thousand stretches of a target, the newest', () => {
    const flapping = Array.from({ length: 1500 }, (_, index) => [index * 30, index % 2 === 0 ? up : down] as const);
    const stretches = stretchesOf(recordOf(...flapping));
    expect(stretches).toHaveLength(1000);
    expect(stretches?.[0]).toEqual([500 * 30, 'up']);
  });

  it('forgets a target that nobody asks about any more, and knows nothing of a new one', () => {
    const record = withLook(recordOf([0, up], [30, up]), moment(60), new Map([['smtp mail', up]]));
    expect(record.targets).toEqual({ 'smtp mail': [{ from: moment(60).toISOString(), ...up }] });
  });

  it('that was edited into another form, or cut off, is not read', () => {
    using folder = temporaryFolder();
    expect(openRecord(folder.path)).toEqual({ state: 'read', value: undefined });
    for (const text of ['{"v":1,"sampledAt":"2026', '{"v":1,"sampledAt":"yesterday","targets":{}}']) {
      writeFileSync(join(folder.path, 'availability.json'), text);
      expect(openRecord(folder.path)).toMatchObject({ state: 'unreadable', obstacle: { code: 'unparsable' } });
    }
  });
});
