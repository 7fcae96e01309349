import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../../agent/agent.ts';
import { finishRotation, requireAuthority, rotateAuthority } from '../../../collector/clients/authority.ts';
import { postJson } from '../../../agent/post.ts';
import {
  agentFolderIn,
  enrolIn,
  keptBy,
  placeIn,
  startIn,
  type Mode,
  type Place,
} from '../../support/client-certificates.ts';
import { agentOn, origin } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';

const name = 'web1.example.nl';
const file = 'client-certificate.json';

/** Runs once and delivers: what the last try came to. */
async function report(
  agent: Agent,
): Promise<{ readonly state: string; readonly code?: string; readonly why?: string }> {
  await agent.runOnce();
  return agent.deliverAll();
}

/** The agent of a place as it starts anew, as at its next run. */
function again(place: Place, url: string, agent = name): Agent {
  return agentOn(agentFolderIn(place, agent), {}, url);
}

async function revoke(url: string, place: Place, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const options = { seconds: 10, ca: place.ca, headers };
  const { ok } = await postJson(new URL(`/api/v1/hosts/${name}/revoke`, url), { v: 1, reason: 'lost' }, options);
  expect(ok).toBe(true);
}

describe.skipIf(!tool('openssl'))('an agent and its collector over TLS', () => {
  test('have a certificate from the enrolment on, and reports come with it', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    using agent = await enrolIn(place, collector, name);
    const kept = new X509Certificate(keptBy(place, name) ?? '');
    expect(kept.subjectAltName).toBe(`URI:waarborg:agent:1:${name}`);
    expect(kept.checkIssued(requireAuthority(place.data).certificate)).toBe(true);
    expect(await report(agent)).toEqual({ state: 'empty' });
    // Not renewed before its time.
    expect(keptBy(place, name)).toBe(kept.toString());
  });

  test.each([
    ['off', undefined],
    ['optional', undefined],
    ['required', 'certificate.missing'],
  ] as const)('an agent without one, as those of the version before: with %s', async (mode: Mode, code) => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    let data: string;
    {
      await using collector = await startIn(place, 'off');
      using agent = await enrolIn(place, collector, name);
      expect(keptBy(place, name)).toBeUndefined();
      expect(await report(agent)).toEqual({ state: 'empty' });
      data = agentFolderIn(place, name);
    }
    await using collector = await startIn(place, mode);
    using agent = agentOn(data, {}, collector.url);
    const outcome = await report(agent);
    expect(outcome).toMatchObject(code === undefined ? { state: 'empty' } : { state: 'refused', code });
    // Nothing is lost, and where it may have one it has one now.
    expect(agent.spool.length).toBe(code === undefined ? 0 : 1);
    expect(keptBy(place, name) !== undefined).toBe(mode === 'optional');
  });

  test('a fleet goes from off over optional to required, without enrolling anew', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    {
      await using collector = await startIn(place, 'off');
      (await enrolIn(place, collector, name))[Symbol.dispose]();
    }
    for (const mode of ['optional', 'required', 'off', 'required'] as const) {
      await using collector = await startIn(place, mode);
      using agent = again(place, collector.url);
      expect([mode, await report(agent)]).toEqual([mode, { state: 'empty' }]);
    }
  });

  test('the certificate is renewed when a third of its time is left, by the certificate itself', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    let at = new Date();
    const now = (): Date => at;
    await using collector = await startIn(place, 'required', { now });
    (await enrolIn(place, collector, name, { now }))[Symbol.dispose]();
    const first = keptBy(place, name);
    for (let day = 20; day <= 140; day += 20) {
      at = new Date(at.getTime() + 20 * 86_400_000);
      using agent = agentOn(agentFolderIn(place, name), { now }, collector.url);
      expect([day, await report(agent)]).toEqual([day, { state: 'empty' }]);
      expect([day, keptBy(place, name) === first]).toEqual([day, day < 60]);
    }
  });

  test('the authority changes while agents have certificates of the one before', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    {
      await using collector = await startIn(place, 'required');
      (await enrolIn(place, collector, name))[Symbol.dispose]();
      (await enrolIn(place, collector, 'away.example.nl'))[Symbol.dispose]();
    }
    rotateAuthority(place.data, origin, new Date());
    {
      await using collector = await startIn(place, 'required');
      using agent = again(place, collector.url);
      expect(await report(agent)).toEqual({ state: 'empty' });
    }
    const { certificate } = finishRotation(place.data);
    expect(new X509Certificate(keptBy(place, name) ?? '').checkIssued(certificate)).toBe(true);
    await using collector = await startIn(place, 'required');
    using agent = again(place, collector.url);
    expect(await report(agent)).toEqual({ state: 'empty' });
    // Who was away all that time has a certificate of nobody.
    using away = again(place, collector.url, 'away.example.nl');
    expect(await report(away)).toMatchObject({ state: 'refused', code: 'certificate.unknown-authority' });
    expect(away.spool.length).toBe(1);
  });

  test('one that is revoked is refused with its certificate, and enrolled anew it comes with another', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    {
      using agent = await enrolIn(place, collector, name);
      expect(await report(agent)).toEqual({ state: 'empty' });
      const operator = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, new Date()).secret;
      await revoke(collector.url, place, operator);
      expect(await report(agent)).toMatchObject({ state: 'refused', code: 'agent.revoked' });
    }
    using agent = await enrolIn(place, collector, name);
    expect(new X509Certificate(keptBy(place, name) ?? '').subjectAltName).toBe(`URI:waarborg:agent:2:${name}`);
    // The report of the enrolment that ended is set aside, as without certificates.
    expect(await report(agent)).toEqual({ state: 'empty' });
  });

  test('the key that signs reports is changed over a connection with the certificate', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    using agent = await enrolIn(place, collector, name);
    expect(await report(agent)).toEqual({ state: 'empty' });
    expect(await agent.rotateKey()).toEqual({ state: 'rotated' });
    expect(await report(agent)).toEqual({ state: 'empty' });
  });

  test.each(['required', 'optional'] as const)('a certificate of another agent is refused: %s', async (mode) => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    const other = 'web2.example.nl';
    await using collector = await startIn(place, mode);
    for (const agent of [name, other]) (await enrolIn(place, collector, agent))[Symbol.dispose]();
    const [own, others] = [name, other].map((agent) => join(agentFolderIn(place, agent), file)) as [string, string];
    // Only with another owner's name in it is it used at all.
    const taken = { ...(JSON.parse(readFileSync(others, 'utf8')) as object), agent: name };
    writeFileSync(own, JSON.stringify(taken));
    using agent = again(place, collector.url);
    expect(await report(agent)).toMatchObject({ state: 'refused', code: 'certificate.other-agent' });
    expect(agent.spool.length).toBe(1);
  });

  test('a certificate that is damaged on disk keeps no report from being made, and is replaced where it may', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    {
      await using collector = await startIn(place, 'required');
      (await enrolIn(place, collector, name))[Symbol.dispose]();
      writeFileSync(join(agentFolderIn(place, name), file), '{');
      using agent = again(place, collector.url);
      expect(await report(agent)).toMatchObject({ state: 'refused', code: 'certificate.missing' });
    }
    await using collector = await startIn(place, 'optional');
    using agent = again(place, collector.url);
    expect(await agent.deliverAll()).toEqual({ state: 'empty' });
    expect(keptBy(place, name)).toContain('BEGIN CERTIFICATE');
  });

  test('one that is enrolled at a collector without certificates forgets that of the one before', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    {
      await using collector = await startIn(place, 'optional');
      (await enrolIn(place, collector, name))[Symbol.dispose]();
      expect(keptBy(place, name)).toBeDefined();
    }
    await using collector = await startIn(place, 'off');
    (await enrolIn(place, collector, name))[Symbol.dispose]();
    expect(keptBy(place, name)).toBeUndefined();
  });
});
