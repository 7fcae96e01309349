import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ClientCertificate } from '../../../agent/identity.ts';
import { loadIdentity } from '../../../agent/identity.ts';
import { getJson, postJson, type Answer } from '../../../agent/post.ts';
import { certify, type Enrolment } from '../../../collector/clients/agents.ts';
import { createAuthority, requireAuthority, type ClientAuthority } from '../../../collector/clients/authority.ts';
import { clientCertificate } from '../../../collector/clients/certificate.ts';
import type { Collector } from '../../../collector/collector.ts';
import { signEnvelope } from '../../../evidence/envelope.ts';
import { certificateHeader, certificateRequestPayloadType } from '../../../evidence/exchange.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';
import { agentFolderIn, enrolIn, placeIn, startIn, type Mode, type Place } from '../../support/client-certificates.ts';
import { origin } from '../../support/road.ts';
import { temporaryFolder, tool } from '../../support/tools.ts';
import { draftReport, type Hand } from '../ingest/submissions.ts';

const name = 'web1.example.nl';
const other = 'web2.example.nl';
const day = 86_400_000;

/** A collector with two enrolled agents, and what it takes to send in their names. */
interface Scene {
  readonly place: Place;
  readonly collector: Collector;
  readonly authority: ClientAuthority;
  readonly hands: Readonly<Record<string, Hand>>;
}

async function setIn(place: Place, collector: Collector): Promise<Scene> {
  const hands: Record<string, Hand> = {};
  for (const agent of [name, other]) {
    (await enrolIn(place, collector, agent))[Symbol.dispose]();
    const { key, epoch } = loadIdentity(agentFolderIn(place, agent));
    hands[agent] = { agent, key, epoch };
  }
  return { place, collector, authority: requireAuthority(place.data), hands };
}

function handOf({ hands }: Scene, agent: string): Hand {
  const hand = hands[agent];
  if (hand === undefined) throw new Error(`${agent} is not enrolled`);
  return hand;
}

/** A certificate, with its key, as an authority makes it at a moment. */
function made(authority: ClientAuthority, enrolment: Enrolment, at = new Date()): ClientCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const certificate = certify(enrolment, publicKey, authority, at);
  if (certificate === undefined) throw new Error('the authority has ended');
  return { key: pem(privateKey), certificate };
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

function selfSigned({ authority }: Scene): ClientCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const named = { uri: `waarborg:agent:1:${name}`, commonName: name };
  const order = { key: privateKey, authority: authority.certificate, ...named, publicKey, validity };
  return { key: pem(privateKey), certificate: clientCertificate(order) };
}

function ofOtherAuthority(): ClientCertificate {
  using folder = temporaryFolder();
  return made(createAuthority(folder.path, origin, new Date()), { agent: name, epoch: 1 });
}

function post({ collector, place }: Scene, path: string, body: unknown, client?: ClientCertificate): Promise<Answer> {
  return postJson(new URL(path, collector.url), body, { seconds: 10, ca: place.ca, client });
}

async function sendAs(scene: Scene, client: ClientCertificate | undefined, agent = name): Promise<unknown> {
  const { submission } = draftReport(handOf(scene, agent));
  const { status, body, headers } = await post(scene, '/api/v1/reports', submission, client);
  return { status, code: (body as { code?: string }).code, wanted: headers[certificateHeader] };
}

/** What is shown instead of the agent's own certificate, and how it is refused where one is required. */
const shown: Record<string, [show: (scene: Scene) => ClientCertificate | undefined, code: string, optional: number]> = {
  nothing: [() => undefined, 'certificate.missing', 200],
  'one that has ended': [
    ({ authority }) => made(authority, { agent: name, epoch: 1 }, new Date(Date.now() - 91 * day)),
    'certificate.expired',
    200,
  ],
  'one that has not begun': [
    ({ authority }) => made(authority, { agent: name, epoch: 1 }, new Date(Date.now() + day)),
    'certificate.not-yet-valid',
    200,
  ],
  'one of another authority': [ofOtherAuthority, 'certificate.unknown-authority', 200],
  'one that it signed itself, in its own name': [selfSigned, 'certificate.unknown-authority', 200],
  'one of another agent': [
    ({ authority }) => made(authority, { agent: other, epoch: 1 }),
    'certificate.other-agent',
    403,
  ],
  'one of an enrolment that never was': [
    ({ authority }) => made(authority, { agent: name, epoch: 7 }),
    'agent.unknown',
    403,
  ],
};

describe.skipIf(!tool('openssl'))('a report with a sound signature', () => {
  test.each(Object.entries(shown))(
    'is refused where a certificate is required and comes %s',
    async (_, [show, code]) => {
      using folder = temporaryFolder();
      const place = placeIn(folder.path);
      await using collector = await startIn(place, 'required');
      const scene = await setIn(place, collector);
      expect(await sendAs(scene, show(scene))).toMatchObject({ status: 403, code });
      // It was that alone which kept it out.
      expect(await sendAs(scene, made(scene.authority, { agent: name, epoch: 1 }))).toEqual({ status: 200 });
    },
  );

  test.each(Object.entries(shown))('where one may come, %s is as none, or refused', async (_, [show, code, status]) => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'optional');
    const scene = await setIn(place, collector);
    const answer = await sendAs(scene, show(scene));
    expect(answer).toMatchObject(status === 200 ? { status, wanted: 'wanted' } : { status, code });
  });

  test('is taken from the agent of the certificate alone', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    const scene = await setIn(place, collector);
    const own = made(scene.authority, { agent: name, epoch: 1 });
    expect(await sendAs(scene, own, other)).toMatchObject({ status: 403, code: 'certificate.other-agent' });
    // Signed by another's key, in the name of the certificate.
    const { submission } = draftReport(handOf(scene, name), { signer: handOf(scene, other).key });
    expect((await post(scene, '/api/v1/reports', submission, own)).body).toMatchObject({ code: 'report.signature' });
  });

  test('is refused before its body is read where its connection is nobody’s', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    const scene = await setIn(place, collector);
    for (const path of ['/api/v1/reports', '/api/v1/rotations']) {
      expect((await post(scene, path, { no: 'report' })).body).toMatchObject({ code: 'certificate.missing' });
    }
  });
});

describe.skipIf(!tool('openssl'))('a certificate of an enrolment that was revoked', () => {
  test.each(['required', 'optional'] as const)(
    'opens nothing, also not for the enrolment after it: %s',
    async (mode) => {
      using folder = temporaryFolder();
      const place = placeIn(folder.path);
      await using collector = await startIn(place, mode);
      const scene = await setIn(place, collector);
      const client = made(scene.authority, { agent: name, epoch: 1 });
      const { secret } = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, new Date());
      const headers = { authorization: `Bearer ${secret}` };
      const url = new URL(`/api/v1/hosts/${name}/revoke`, collector.url);
      await postJson(url, { v: 1, reason: 'compromised' }, { seconds: 10, ca: place.ca, headers });
      // What has no form is refused for whose it is, before anybody reads it.
      expect((await post(scene, '/api/v1/reports', { no: 'report' }, client)).body).toMatchObject({
        code: 'agent.revoked',
      });
      const anew = await setIn(place, collector);
      expect(handOf(anew, name).epoch).toBe(2);
      expect(await sendAs(anew, client)).toMatchObject({ status: 403, code: 'agent.revoked' });
      const second = made(scene.authority, { agent: name, epoch: 2 });
      expect(await sendAs(anew, second)).toEqual({ status: 200 });
      for (const hand of [handOf(scene, name), handOf(anew, name)]) {
        expect((await ask(scene, hand, { client })).body).toMatchObject({ code: 'agent.revoked' });
      }
    },
  );
});

describe.skipIf(!tool('openssl'))('what people and programs read', () => {
  test('is had without a certificate, and with one that is of no agent', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
    const headers = { authorization: `Bearer ${secret}` };
    for (const client of [undefined, ofOtherAuthority()]) {
      for (const path of ['/healthz', '/readyz', '/api/v1/log-keys', '/api/v1/hosts']) {
        const answer = await getJson(new URL(path, collector.url), { seconds: 10, ca: place.ca, headers, client });
        expect([path, answer.status]).toEqual([path, 200]);
      }
    }
  });

  test('a certificate opens nothing that needs a token', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, 'required');
    const { authority } = await setIn(place, collector);
    const client = made(authority, { agent: name, epoch: 1 });
    for (const path of ['/api/v1/hosts', '/api/v1/compliance', '/api/v1/access', '/metrics']) {
      const answer = await getJson(new URL(path, collector.url), { seconds: 10, ca: place.ca, client });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });
});

/** What asks for a certificate, sound but for what is given. */
interface Ask {
  readonly signers?: readonly KeyObject[];
  readonly statement?: object;
  readonly payloadType?: string;
  readonly token?: string;
  readonly client?: ClientCertificate;
}

function ask(scene: Scene, hand: Hand, { signers, statement, payloadType, token, client }: Ask = {}): Promise<Answer> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { agent, epoch } = hand;
  const publicKey = rawPublicKey(privateKey).toString('base64');
  const payload = Buffer.from(JSON.stringify({ v: 1, agent, epoch, publicKey, ...statement }));
  const [first = hand.key, ...more] = signers ?? [hand.key, privateKey];
  const envelope = signEnvelope(payloadType ?? certificateRequestPayloadType, payload, first, ...more);
  return post(scene, '/api/v1/certificates', { v: 1, envelope, ...(token === undefined ? {} : { token }) }, client);
}

describe.skipIf(!tool('openssl'))('a certificate is made', () => {
  async function within(mode: Mode, work: (scene: Scene) => Promise<void>): Promise<void> {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    await using collector = await startIn(place, mode);
    await work(await setIn(place, collector));
  }

  test('for who has a certificate, or where none is required for who signs alone', async () => {
    await within('required', async (scene) => {
      const hand = handOf(scene, name);
      expect((await ask(scene, hand)).body).toMatchObject({ status: 403, code: 'certificate.missing' });
      const client = made(scene.authority, { agent: name, epoch: 1 });
      expect((await ask(scene, hand, { client })).body).toMatchObject({ v: 1 });
      const others = made(scene.authority, { agent: other, epoch: 1 });
      expect((await ask(scene, hand, { client: others })).body).toMatchObject({ code: 'certificate.other-agent' });
    });
    await within('optional', async (scene) => {
      expect((await ask(scene, handOf(scene, name))).body).toMatchObject({ v: 1 });
    });
    await within('off', async (scene) => {
      expect((await ask(scene, handOf(scene, name))).body).toMatchObject({ status: 404, code: 'certificate.off' });
    });
  });

  test('with a token for the agent and key that it enrolled alone', async () => {
    await within('required', async (scene) => {
      const { collector } = scene;
      const newToken = (): string =>
        collector.tokens.create({ role: 'enrol', label: '', validity: 600 }, new Date()).secret;
      const key = generateKeyPairSync('ed25519').privateKey;
      const used = newToken();
      const request = { v: 1, token: used, agent: 'web3.example.nl', publicKey: rawPublicKey(key).toString('base64') };
      expect((await post(scene, '/api/v1/enrol', request)).headers[certificateHeader]).toBe('wanted');
      const hand = { agent: 'web3.example.nl', key, epoch: 1 };
      expect((await ask(scene, hand, { token: used })).body).toMatchObject({ v: 1 });
      const operator = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, new Date()).secret;
      for (const token of [newToken(), operator, 'wbg_enrol_none']) {
        expect((await ask(scene, hand, { token })).body).toMatchObject({ status: 401, code: 'token.invalid' });
      }
      // Who finds a used token has no use of it.
      expect((await ask(scene, handOf(scene, name), { token: used })).body).toMatchObject({ code: 'token.invalid' });
    });
  });

  const wrong: Record<string, [ask: (hand: Hand, others: Hand) => Ask, code: string]> = {
    'without the agent’s signature': [
      () => ({ signers: [generateKeyPairSync('ed25519').privateKey] }),
      'certificate.signature',
    ],
    'without that of the new key': [({ key }) => ({ signers: [key] }), 'certificate.signature'],
    'signed by another agent': [(_, { key }) => ({ signers: [key] }), 'certificate.signature'],
    'signed as something else': [
      () => ({ payloadType: 'application/vnd.waarborg.report+json' }),
      'certificate.signature',
    ],
    'for the key that signs reports': [
      ({ key }) => ({ signers: [key], statement: { publicKey: rawPublicKey(key).toString('base64') } }),
      'certificate.request',
    ],
    'for a key that is none': [() => ({ statement: { publicKey: 'AAAA' } }), 'certificate.request'],
    'with more than belongs there': [() => ({ statement: { admin: true } }), 'certificate.request'],
    'for an enrolment that never was': [() => ({ statement: { epoch: 2 } }), 'agent.unknown'],
  };
  test.each(Object.entries(wrong))('not %s', async (_, [draft, code]) => {
    await within('optional', async (scene) => {
      const hand = handOf(scene, name);
      expect((await ask(scene, hand, draft(hand, handOf(scene, other)))).body).toMatchObject({ code });
    });
  });

  test('not once the authority has ended', async () => {
    using folder = temporaryFolder();
    const place = placeIn(folder.path);
    const begun = new Date(Date.now() - 3700 * day);
    createAuthority(place.data, origin, begun);
    await using collector = await startIn(place, 'optional');
    const data = agentFolderIn(place, name);
    await expect(enrolIn(place, collector, name)).rejects.toMatchObject({ code: 'certificate.authority' });
    expect(() => loadIdentity(data)).toThrow(/no enrolment/);
  });
});
