import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EnrolmentTokenAnswer } from '../../../collector/administration/exchange.ts';
import { EnrolmentError, enrol } from '../../../agent/enrol.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { ask } from './operator.ts';

const path = '/api/v1/enrolment-tokens';
const agent = 'web1.example.nl';

test('an operator’s token to enrol is for one agent, and once', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'data'));
  const { secret } = EnrolmentTokenAnswer.parse((await ask(collector, path, { agent })).body);
  const enrolled = (name: string, data: string) =>
    enrol({ collector: collector.url, token: secret, agent: name, data: join(folder.path, data) });
  await expect(enrolled('web2.example.nl', 'other')).rejects.toThrow(EnrolmentError);
  expect(await enrolled(agent, 'own')).toMatchObject({ agent, epoch: 1 });
  await expect(enrolled(agent, 'again')).rejects.toMatchObject({ code: 'token.used' });
});

test.each([{}, { agent: 'Web1' }, { agent, validity: 1 }, { agent, validity: 10_000_000 }])(
  '%j is no question',
  async (question) => {
    using folder = temporaryFolder();
    await using collector = await collectorOn(join(folder.path, 'data'));
    expect(await ask(collector, path, question)).toMatchObject({ status: 400, body: { code: 'http.body' } });
    expect(collector.tokens.list().filter(({ role }) => role === 'enrol')).toEqual([]);
  },
);
