import { describe, expect, it } from 'vitest';
import { measuresOf } from '../../../collector/metrics/measures.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { stretchesOf, type Changes } from '../availability/evidence.ts';

const at = new Date('2026-10-20T12:00:00Z');

function figuresOf(changes: Changes): Record<string, number> {
  const target = { target: 'www', service: 'https', purpose: 'service', what: 'x', stretches: stretchesOf(changes) };
  const facts = { controls: [], maintenance: [], targets: read([target]) };
  return Object.fromEntries(
    measuresOf('facts/availability', read(facts), at).map(({ family, labels, value }) => {
      expect(labels).toMatchObject({ target: 'www', service: 'https' });
      const month = labels.month === undefined ? '' : ` ${labels.month}`;
      return [`${family.replace('waarborg_availability_', '')}${month}`, value];
    }),
  );
}

describe('the figures of availability', () => {
  it('say since when a service is up, and what is lost of each month', () => {
    const changes: Changes = [
      ['2026-09-20T00:00Z', 'up'],
      ['2026-09-30T21:00Z', 'down'],
      ['2026-09-30T23:00Z', 'up'],
    ];
    // An hour of each month of Amsterdam: 720 hours, and 745.
    expect(figuresOf(changes)).toEqual({
      up: 1,
      since_timestamp_seconds: Date.parse('2026-09-30T23:00Z') / 1000,
      'month_attainable_ratio 2026-09': 1 - 1 / 720,
      'month_attainable_ratio 2026-10': 1 - 1 / 745,
    });
    expect(figuresOf([...changes, ['2026-09-30T23:30Z', 'unknown']])).toEqual({
      since_timestamp_seconds: Date.parse('2026-09-30T23:30Z') / 1000,
      'month_attainable_ratio 2026-09': 1 - 1 / 720,
      'month_attainable_ratio 2026-10': 1 - 1 / 745,
    });
  });

  it('leave an outage that goes on to whoever asks', () => {
    const changes: Changes = [
      ['2026-09-20T00:00Z', 'up'],
      ['2026-10-20T10:00Z', 'down'],
    ];
    expect(figuresOf(changes)).toMatchObject({ up: 0, 'month_attainable_ratio 2026-10': 1 });
  });

  it('are none of what was never seen, or cannot be read', () => {
    expect(figuresOf([])).toEqual({});
    const facts = { controls: [], maintenance: [], targets: unreadable('missing', 'availability.json') };
    expect(measuresOf('facts/availability', read(facts), at)).toEqual([]);
  });
});
