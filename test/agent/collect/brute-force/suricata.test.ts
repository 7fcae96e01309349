import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { furnishRoot, openRoot, type DebianRoot } from '../../../support/debian-root.ts';
import { root } from '../../../support/sources.ts';
import { tool } from '../../../support/tools.ts';

const canMake = process.getuid?.() === 0 && process.arch === 'x64' && tool('debootstrap') !== undefined;

const Told = z.object({ told: z.record(z.string(), z.array(z.string())), facts: z.record(z.string(), z.unknown()) });

/** Debian 12 has no Suricata: the 7.0.10 of Debian 13 runs in a root of that release. */
describe.skipIf(!canMake)('Suricata', () => {
  let machine: DebianRoot | undefined;
  let { told, facts }: z.output<typeof Told> = { told: {}, facts: {} };

  beforeAll(async () => {
    if (!furnishRoot('trixie', 'trixie-suricata', ['suricata', 'iproute2'])) return;
    machine = await openRoot('trixie-suricata', [root]);
    const script = join(import.meta.dirname, 'suricata-inside.ts');
    const text = machine.must(`mkdir -p /sys && unshare --net --mount ${process.execPath} ${script}`);
    ({ told, facts } = Told.parse(JSON.parse(text)));
  }, 600_000);
  beforeEach(({ skip }) => skip(machine === undefined, 'this release cannot be fetched'));
  afterAll(() => machine?.[Symbol.dispose]());

  test('passes where it has loaded recent rules and watches an interface, with the same facts each time', () => {
    expect(told.works).toEqual(['suricata-works']);
    expect(facts['works again']).toEqual(facts.works);
    expect(told['rules that were written just now']).toEqual(['suricata-works']);
    expect(told['rules that were loaded']).toEqual(['suricata-works']);
  });

  test.each([
    ['is not there', 'absent', 'no-detection'],
    ['was stopped, though its socket and its log are there', 'stopped', 'no-detection'],
    ['has rules of two weeks ago', 'fifteen days on', 'rules-old'],
    ['was given new rules that it never loaded', 'rules that were never loaded', 'rules-not-loaded'],
    ['understood none of its rules', 'rules that it cannot read', 'no-rules'],
    ['watches an interface that is down', 'interface down', 'no-interface'],
    ['watches an interface that is gone', 'interface gone', 'no-interface'],
  ])('fails where it %s', (_what, situation, code) => {
    expect(told[situation]).toEqual([code]);
  });

  test.each([
    ['has rules of tomorrow', 'rules of tomorrow', 'moment-future'],
    ['wrote nothing for a week', 'eight days on', 'detection-silent'],
    ['has no log', 'no log', 'host.missing'],
    ['takes packets from a queue that the firewall may not fill', 'queue', 'queue-unclear'],
    ['opens no socket to ask by', 'no socket', 'host.command-failed'],
    ['may not be asked', 'as an ordinary user', 'host.denied'],
  ])('is unknown where it %s', (_what, situation, code) => {
    expect(told[situation]).toEqual([code]);
  });
});
