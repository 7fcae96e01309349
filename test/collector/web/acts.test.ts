import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../../collector/access/tokens.ts';
import type { Collector } from '../../../collector/collector.ts';
import { OrganisationAnswer } from '../../../collector/people/exchange.ts';
import type { Act } from '../../../evidence/act.ts';
import { pack, packPart } from '../../../evidence/exchange.ts';
import { requirementOf } from '../../../policies/people/requirement.ts';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { peoplePolicy } from '../reports/people.ts';

const folder = temporaryFolder();
const words = '<script>alert("why")</script>';
const evidence = '<script>alert("file")</script>';
let collector: Collector & AsyncDisposable;

beforeAll(async () => {
  collector = await collectorOn(folder.path);
  const { policy, version, digest, text } = peoplePolicy;
  const policies = [{ digest, zstd: pack(Buffer.from(text)) }];
  await act({ act: 'follow', policies: [{ policy, version, digest }] }, { policies });
  const part = (name: string, content: object) =>
    packPart({ name, salt: Buffer.alloc(32, name.length), bytes: Buffer.from(JSON.stringify({ v: 1, ...content })) });
  const content = Buffer.from(evidence).toString('base64');
  const parts = [part('statement', { text: words }), part('file/1', { name: 'why.txt', type: 'text/html', content })];
  for (const id of ['waiver-a', 'waiver-b', 'waiver-c'])
    await act(waiver(id), { parts: id === 'waiver-a' ? parts : [] });
});
afterAll(async () => {
  await collector[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function waiver(id: string): Act {
  const [control] = peoplePolicy.controls;
  if (control === undefined) throw new Error('the policy has a control');
  const [from, until] = [Date.now() - 1000, Date.now() + 86_400_000].map((moment) => new Date(moment).toISOString());
  return {
    ...{ act: 'waive', id, policy: 'people', control: control.id, requirement: requirementOf(control) },
    ...{ scope: { of: 'organisation' }, from: from ?? '', until: until ?? '' },
  };
}

function tokenFor(role: Role, person: string): string {
  return collector.tokens.create({ role, label: '', validity: 6000, person }, new Date()).secret;
}

async function act(done: Act, more: object = {}): Promise<void> {
  const headers = { authorization: `Bearer ${tokenFor('operator', 'person-a')}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ v: 1, act: done, parts: [], ...more });
  const answer = await fetch(new URL('/api/v1/acts', collector.url), { method: 'POST', headers, body });
  expect([answer.status, await answer.text()]).toEqual([200, expect.anything()]);
}

/** A browser that has logged in. */
class Browser {
  readonly #cookie: string;

  private constructor(cookie: string) {
    this.#cookie = cookie;
  }

  static async open(role: Role, person: string): Promise<Browser> {
    const body = new URLSearchParams({ token: tokenFor(role, person) });
    const answer = await fetch(new URL('/login', collector.url), { method: 'POST', body, redirect: 'manual' });
    return new Browser(answer.headers.get('set-cookie')?.split(';')[0] ?? '');
  }

  async get(path: string): Promise<{ status: number; text: string; headers: Headers }> {
    const answer = await fetch(new URL(path, collector.url), { headers: { cookie: this.#cookie }, redirect: 'manual' });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  /** What the forms of its pages carry. */
  async form(id: string): Promise<string> {
    const { text } = await this.get(`/organisation/acts/${id}`);
    return /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '';
  }

  async decide(id: string, fields: Record<string, string>): Promise<{ status: number; text: string }> {
    const answer = await fetch(new URL(`/organisation/acts/${id}`, collector.url), {
      ...{ method: 'POST', headers: { cookie: this.#cookie }, redirect: 'manual' },
      body: new URLSearchParams(fields),
    });
    return { status: answer.status, text: await answer.text() };
  }
}

async function approvedBy(id: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${tokenFor('auditor', 'person-z')}` };
  const answer = await fetch(new URL('/api/v1/organisation', collector.url), { headers });
  const { waivers } = OrganisationAnswer.parse(await answer.json());
  const found = waivers.find(({ asked }) => asked.id === id);
  return (found as { approved?: { by: string } | null } | undefined)?.approved?.by ?? null;
}

test('an approver comes to the organisation, and finds there what waits for approval', async () => {
  const body = new URLSearchParams({ token: tokenFor('approver', 'person-b') });
  const answer = await fetch(new URL('/login', collector.url), { method: 'POST', body, redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/organisation']);
  const browser = await Browser.open('approver', 'person-b');
  const { text } = await browser.get('/organisation');
  expect(text).toContain('Awaits approval');
  expect(text).toContain('href="/organisation/acts/waiver-a"');
  expect(text).not.toContain('href="/reports"');
  expect((await browser.get('/')).status).toBe(303);
});

test('what was said and handed in can be read before it is approved, and neither runs', async () => {
  const browser = await Browser.open('approver', 'person-b');
  const { text, headers } = await browser.get('/organisation/acts/waiver-a');
  expect(text).toContain('&lt;script&gt;alert(&quot;why&quot;)');
  expect(text).not.toContain('<script');
  expect(headers.get('content-encoding')).toBeNull();
  const href = /href="(\/organisation\/acts\/waiver-a\/files\/[^"]+)"/.exec(text)?.[1] ?? '';
  const file = await browser.get(href);
  expect(file.text).toBe(evidence);
  expect(file.headers.get('content-type')).toBe('application/octet-stream');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename=why.txt');
  expect((await browser.get(`${href}9`)).status).toBe(404);
  expect((await (await Browser.open('reporter', 'person-r')).get(href)).status).toBe(303);
});

describe('a decision', () => {
  test('is taken by the form of the own session, and is an act of the log', async () => {
    const browser = await Browser.open('approver', 'person-b');
    const form = await browser.form('waiver-a');
    expect(await browser.decide('waiver-a', { form, act: 'approve' })).toMatchObject({ status: 303 });
    expect(await approvedBy('waiver-a')).toBe('person-b');
    const { text } = await browser.get('/organisation/acts/waiver-a');
    expect(text).not.toContain('value="approve"');
    expect(await browser.decide('waiver-a', { form, act: 'revoke' })).toMatchObject({ status: 303 });
    expect((await browser.get('/organisation/acts/waiver-a')).text).not.toContain('name="act"');
    expect(await browser.decide('waiver-a', { form, act: 'revoke' })).toMatchObject({
      status: 409,
      text: expect.stringContaining('It was taken back before.') as string,
    });
  });

  test('is not taken by a form that another site had sent, or of another session', async () => {
    const [browser, other] = [await Browser.open('approver', 'person-b'), await Browser.open('approver', 'person-c')];
    const foreign = await other.form('waiver-b');
    expect(foreign).toMatch(/^[\w-]{32}$/);
    for (const form of [undefined, '', 'guess', foreign]) {
      const fields: Record<string, string> = { act: 'approve', ...(form === undefined ? {} : { form }) };
      const { status, text } = await browser.decide('waiver-b', fields);
      expect([status, text]).toEqual([403, expect.stringContaining('token.form')]);
    }
    const headers = { authorization: `Bearer ${tokenFor('approver', 'person-b')}` };
    const body = new URLSearchParams({ act: 'approve', form: foreign });
    const bare = await fetch(new URL('/organisation/acts/waiver-b', collector.url), { method: 'POST', headers, body });
    expect(bare.status).toBe(403);
    expect(await approvedBy('waiver-b')).toBeNull();
  });

  test('is not for whoever asked, nor offered to him', async () => {
    const browser = await Browser.open('operator', 'person-a');
    const { text } = await browser.get('/organisation/acts/waiver-c');
    expect(text).toContain('another must approve of it');
    expect(text).not.toContain('value="approve"');
    const { status, text: told } = await browser.decide('waiver-c', {
      form: await browser.form('waiver-c'),
      act: 'approve',
    });
    expect([status, told]).toEqual([409, expect.stringContaining('Nobody approves of what he asked for himself')]);
    expect(await approvedBy('waiver-c')).toBeNull();
  });

  test('is not for auditors', async () => {
    const browser = await Browser.open('auditor', 'person-d');
    expect((await browser.get('/organisation/acts/waiver-c')).text).not.toContain('<input');
    expect((await browser.decide('waiver-c', { act: 'approve' })).status).toBe(403);
  });

  test('is only to approve or to take back', async () => {
    const browser = await Browser.open('approver', 'person-b');
    const form = await browser.form('waiver-c');
    expect((await browser.decide('waiver-c', { form, act: 'strike' })).status).toBe(400);
    expect((await browser.decide('waiver-none', { form, act: 'approve' })).status).toBe(404);
    expect((await browser.get('/organisation/acts/waiver-none')).status).toBe(404);
  });
});
