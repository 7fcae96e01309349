import { describe, expect, test } from 'vitest';
import { PamReader } from '../../../../agent/collect/password-policy/stack.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { dispatch } from '../../../../policies/checks/password-policy/dispatch.ts';
import type { ReturnCode } from '../../../../policies/checks/password-policy/pam-rules.ts';
import { canTryPam, PamHost, type EtcFiles } from '../../../support/pam.ts';

/** Codes, and what libpam calls them (pam_strerror(3)). */
const said = {
  success: undefined,
  ignore: 'The return value should be ignored by PAM dispatch',
  auth_err: 'Authentication failure',
  perm_denied: 'Permission denied',
  user_unknown: 'User not known to the underlying authentication module',
  new_authtok_reqd: 'Authentication token is no longer valid; new one required',
} as const satisfies Partial<Record<ReturnCode, string | undefined>>;
const codes = Object.keys(said) as (keyof typeof said)[];

const controls = [
  'required',
  'requisite',
  'sufficient',
  'optional',
  '[success=1 default=ignore]',
  '[success=2 default=bad]',
  '[success=ok auth_err=1 default=die]',
  '[success=done ignore=2 default=ignore]',
  '[default=reset success=ok]',
  '[auth_err=ok user_unknown=done default=1]',
  '[success=ignore default=ok]',
  '[default=die]',
];

interface Made {
  readonly files: Record<string, string>;
  /** What each rule answers, in the order in which they stand once all is included; undefined where a substack begins. */
  readonly answers: (ReturnCode | undefined)[];
}

/** Makes a stack of pam_debug(8), which answers as it is told, with substacks and includes. */
function makeStack(service: string, random: () => number, depth = 0): Made {
  const files: Record<string, string> = {};
  const answers: Made['answers'] = [];
  const lines: string[] = [];
  const pick = <T>(of: readonly T[], fallback: T): T => of[Math.floor(random() * of.length)] ?? fallback;
  const length = 1 + Math.floor(random() * 5);
  for (let index = 0; index < length; index++) {
    if (depth < 2 && random() < 0.2) {
      const how = pick(['substack', 'include'], 'include');
      const inner = makeStack(`${service}-${index}`, random, depth + 1);
      Object.assign(files, inner.files);
      lines.push(`auth ${how} ${service}-${index}`);
      answers.push(...(how === 'substack' ? [undefined] : []), ...inner.answers);
    } else {
      const answer = random() < 0.5 ? 'success' : pick(codes, 'success');
      lines.push(`auth ${pick(controls, 'required')} pam_debug.so auth=${answer}`);
      answers.push(answer);
    }
  }
  files[`pam.d/${service}`] = `${lines.join('\n')}\n`;
  return { files, answers };
}

/** A stream of numbers from 0 to 1 that is the same every time (Lehmer, 1951). */
function stream(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

async function foretell(service: string, { files, answers }: Made): Promise<ReturnCode> {
  const paths = Object.fromEntries(Object.entries(files).map(([path, text]) => [`/etc/${path}`, text]));
  const stacks = await new PamReader(new RecordedHost({ files: paths })).service(service);
  if (stacks?.auth.state !== 'read') throw new Error('the stack was not read');
  expect(stacks.auth.value).toHaveLength(answers.length);
  return dispatch(stacks.auth.value, (_, index) => answers[index] ?? 'abort');
}

describe.skipIf(!canTryPam)('walking a stack', () => {
  test('ends as in libpam, for some hundreds of stacks', async () => {
    const made = new Map(
      Array.from({ length: 400 }, (_, index) => {
        const service = `made${index}`;
        return [service, makeStack(service, stream(index * 7919 + 1))] as const;
      }),
    );
    const files: EtcFiles = Object.assign({}, ...[...made.values()].map((one) => one.files)) as EtcFiles;
    using host = new PamHost(files);
    const answered = await host.authenticateEach([...made.keys()]);
    const foretold = new Map<string, string>();
    for (const [service, stack] of made) {
      const code = await foretell(service, stack);
      foretold.set(service, code === 'success' ? 'success' : (said[code as keyof typeof said] ?? code));
    }
    expect(answered).toEqual(foretold);
    // Stacks that all came out alike would show nothing.
    const successes = [...foretold.values()].filter((answer) => answer === 'success').length;
    expect(successes).toBeGreaterThan(50);
    expect(successes).toBeLessThan(350);
  });
});
