import { partPath } from '../../../evidence/bundle.ts';
import type { Statement } from '../../../evidence/report.ts';
import { seededKey } from '../../evidence/keys.ts';
import { twoHosts, type Fixture } from '../evidence.ts';
import { onHistory, replaced, type Attack, type Attacked } from './attack.ts';

/** Something is done to a log of two hosts, and the log exported. */
function onFixture(change: (fixture: Fixture) => void | Promise<void>): () => Promise<Attacked> {
  return async () => {
    const fixture = await twoHosts();
    await change(fixture);
    return { bundle: fixture.log.bundle() };
  };
}

/** One more report of web1, and the commitments of its body. */
async function reported({ log, web }: Fixture): Promise<Statement> {
  return log.report(web, { changed: new Date('2026-10-01T00:00:00Z') });
}

export function commitmentOf({ body }: Statement, name: string): string {
  return body.find((part) => part.name === name)?.commitment ?? '';
}

/** On the entries by which keys come, change and go, and by which parts are erased. */
export const onAdministration: readonly Attack[] = [
  {
    name: 'a report after its key was revoked',
    outcome: 'tampered',
    code: 'report.revoked',
    words: /report 4 of web1 came after entry 9 \(compromised\) had revoked its key/,
    make: onFixture(async ({ log, web }) => {
      log.revoke(web);
      await log.report(web);
    }),
  },
  {
    name: 'a revocation of an agent that is not enrolled',
    outcome: 'tampered',
    code: 'revoke.agent',
    words: /revokes ghost of epoch 1, which no earlier entry enrols/,
    make: onFixture(({ log, web }) => log.revoke({ ...web, name: 'ghost' })),
  },
  {
    name: 'a second revocation, to give it another moment',
    outcome: 'tampered',
    code: 'revoke.repeated',
    words: /entry 10: it revokes web1 of epoch 1, which entry 9 \(compromised\) did before/,
    make: onFixture(({ log, web }) => {
      log.revoke(web);
      log.revoke(web);
    }),
  },
  {
    name: 'a rotation that another key than the one in force signed',
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /entry 9: the envelope has no signature of key/,
    make: onFixture(({ log, web }) => log.rotate({ ...web, key: seededKey(77) })),
  },
  {
    name: 'a report under the key that was given up',
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /entry 10: the envelope has no signature of key/,
    make: onFixture(async ({ log, web }) => {
      log.rotate({ ...web });
      await log.report(web);
    }),
  },
  {
    name: 'a replayed rotation',
    outcome: 'tampered',
    code: 'envelope.signature',
    words: /entry 11: the envelope has no signature of key/,
    make: onFixture(async ({ log, web }) => {
      log.rotate(web);
      await log.report(web);
      log.entries.push(...log.entries.slice(9, 10));
    }),
  },
  {
    name: 'a rotation of no known form',
    outcome: 'tampered',
    code: 'rotate.statement',
    words: /no rotation of version 1/,
    make: onFixture(({ log, web }) => log.rotate(web, { forge: { v: 2 } })),
  },
  {
    name: 'a rotation by an agent that is not enrolled',
    outcome: 'tampered',
    code: 'rotate.agent',
    words: /no earlier entry enrols web1 of epoch 7/,
    make: onFixture(({ log, web }) => log.rotate(web, { forge: { epoch: 7 } })),
  },
  {
    name: 'a thief who gives a revoked agent a new key',
    outcome: 'tampered',
    code: 'rotate.revoked',
    words: /entry 9 \(compromised\) revoked web1 of epoch 1: its key can no longer name another/,
    make: onFixture(({ log, web }) => {
      log.revoke(web);
      log.rotate(web);
    }),
  },
  {
    name: 'reports removed before a rotation',
    outcome: 'tampered',
    code: 'rotate.after',
    words: /web1 changed its key after report 4, and the last one that stands here is 3/,
    make: onFixture(async (fixture) => {
      await reported(fixture);
      fixture.log.rotate(fixture.web);
      fixture.log.entries.splice(9, 1);
    }),
  },
  {
    name: 'a part that is missing, and of which another was erased',
    outcome: 'incomplete',
    code: 'part.missing',
    words:
      /facts\/password-age, to which entry 9 commits, is not there, and no entry of the log says that it was erased/,
    make: onFixture(async (fixture) => {
      const statement = await reported(fixture);
      fixture.log.erase([commitmentOf(statement, 'observations')]);
      fixture.log.parts.delete(commitmentOf(statement, 'facts/password-age'));
    }),
  },
  {
    name: 'a part that is said to be erased and was kept',
    outcome: 'incomplete',
    code: 'part.not-erased',
    words: /entry 10 says that it was erased \(request, 2026-117\), and it or its salt is still here/,
    make: onFixture(async (fixture) => {
      fixture.log.erase([commitmentOf(await reported(fixture), 'observations')], { keep: true });
    }),
  },
  {
    name: 'a part that was erased and put back without its salt',
    outcome: 'incomplete',
    code: 'part.not-erased',
    words: /an entry of the log says that it was erased, and it is still here/,
    make: async () => {
      const fixture = await twoHosts();
      const commitment = commitmentOf(await reported(fixture), 'observations');
      fixture.log.erase([commitment]);
      const bundle = fixture.log.bundle();
      bundle.set(partPath(commitment), Buffer.from('{}'));
      return { bundle };
    },
  },
  {
    name: 'an erasure of what no report commits to, to hide what is to come',
    outcome: 'tampered',
    code: 'erase.unknown',
    words: /to which no earlier report commits: there was nothing to erase/,
    make: onFixture(({ log }) => log.erase(['ab'.repeat(32)])),
  },
  {
    name: 'a second erasure, to give it another reason',
    outcome: 'tampered',
    code: 'erase.unknown',
    words: /which an earlier entry erased already/,
    make: onFixture(async (fixture) => {
      const commitment = commitmentOf(await reported(fixture), 'observations');
      fixture.log.erase([commitment]);
      fixture.log.erase([commitment], { reference: '2026-118' });
    }),
  },
  {
    name: 'a revocation that was moved before the reports that it spared',
    outcome: 'tampered',
    code: 'report.revoked',
    words: /report 3 of web1 came after entry 6 \(lost\)/,
    make: onHistory((entries) => {
      const [first = Buffer.alloc(0)] = entries;
      const revocation = replaced([first], 0, () => ({
        v: 1,
        kind: 'agent.revoke',
        receivedAt: '2026-11-01T12:06:00.000Z',
        agent: 'web1',
        epoch: 1,
        reason: 'lost',
      }));
      return [...entries.slice(0, 6), ...revocation, ...entries.slice(6)];
    }),
  },
];
