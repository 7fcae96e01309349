import { expect, test } from 'vitest';
import { verifyBundle, type Verification } from '../../evidence/verify.ts';
import { commitmentOf } from '../support/attacks/administration.ts';
import { readerOf, twoHosts, type FixtureLog } from '../support/evidence.ts';
import { seededKey } from './keys.ts';

function verify(log: FixtureLog): Verification {
  return verifyBundle(readerOf(log.bundle()), { logKey: log.vkey });
}

test('reports from before a revocation stay evidence, and an agent that is enrolled anew goes on', async () => {
  const { log, web } = await twoHosts();
  log.revoke(web);
  const anew = log.enrol('web1', { epoch: 2, key: seededKey(44) });
  await log.report(anew);
  const verification = verify(log);
  expect(verification.findings).toEqual([]);
  expect(verification.proven?.agents.map(({ agent, epoch, reports }) => [agent, epoch, reports])).toEqual([
    ['web1', 1, 3],
    ['database1', 1, 2],
    ['web1', 2, 1],
  ]);
});

test('an agent that changes its key, once and again, goes on with its numbers', async () => {
  const { log, web, db } = await twoHosts();
  log.rotate(web);
  await log.report(web);
  log.rotate(web, { key: seededKey(56) });
  await log.report(web, { seen: log.head() });
  await log.report(db);
  const verification = verify(log);
  expect(verification.findings).toEqual([]);
  expect(verification.proven?.agents[0]).toMatchObject({ agent: 'web1', epoch: 1, reports: 5 });
});

test('an agent may change its key before its first report', async () => {
  const { log } = await twoHosts();
  const mail = log.enrol('mail1');
  log.rotate(mail);
  await log.report(mail);
  expect(verify(log)).toMatchObject({ outcome: 'sound', proven: { reports: 6 } });
});

test('what was erased by an entry is listed with its reason, and its report no longer counts as judged', async () => {
  const { log, web } = await twoHosts();
  const before = verify(log).proven;
  const statement = await log.report(web, { changed: new Date('2026-10-01T00:00:00Z') });
  await log.report(web);
  log.erase([commitmentOf(statement, 'facts/password-age')]);
  log.erase([commitmentOf(statement, 'observations')], { reference: '2026-118' });
  const verification = verify(log);
  expect(verification).toMatchObject({ outcome: 'sound', total: 0 });
  expect(verification.proven).toMatchObject({
    reports: (before?.reports ?? 0) + 1,
    chained: 1,
    erasures: [
      { ground: 'request', reference: '2026-117', parts: 1, firstAt: '2026-11-01T12:11:00.000Z' },
      { ground: 'request', reference: '2026-118', parts: 1, lastAt: '2026-11-01T12:12:00.000Z' },
    ],
  });
  expect(verification.proven?.agents[0]).toMatchObject({ reports: 4, chained: 1 });
  expect(verification.proven?.observations).toBe((before?.observations ?? 0) + 1);
});

test('a report whose parts were erased still has to be signed, numbered and chained', async () => {
  const { log, web } = await twoHosts();
  const statement = await log.report({ ...web, key: seededKey(77) });
  log.erase([commitmentOf(statement, 'observations')]);
  const { outcome, findings } = verify(log);
  expect(outcome).toBe('tampered');
  expect(findings).toContainEqual(expect.objectContaining({ where: 'entry 9', code: 'envelope.signature' }));
});
