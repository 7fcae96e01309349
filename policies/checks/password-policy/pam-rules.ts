import { z } from 'zod';

/** What a PAM module can answer, as controls in brackets name it (pam.conf(5)). */
export const returnCodes = [
  'success',
  'open_err',
  'symbol_err',
  'service_err',
  'system_err',
  'buf_err',
  'perm_denied',
  'auth_err',
  'cred_insufficient',
  'authinfo_unavail',
  'user_unknown',
  'maxtries',
  'new_authtok_reqd',
  'acct_expired',
  'session_err',
  'cred_unavail',
  'cred_expired',
  'cred_err',
  'no_module_data',
  'conv_err',
  'authtok_err',
  'authtok_recover_err',
  'authtok_lock_busy',
  'authtok_disable_aging',
  'try_again',
  'ignore',
  'abort',
  'authtok_expired',
  'module_unknown',
  'bad_item',
  'conv_again',
  'incomplete',
] as const;
export type ReturnCode = (typeof returnCodes)[number];

/** What an answer leads to; a number skips that many rules (pam.conf(5)). */
const Action = z.union([z.enum(['ok', 'done', 'bad', 'die', 'ignore', 'reset']), z.int().positive()]);
export type Action = z.output<typeof Action>;

/** A control, written out: an action for some answers, and one for all others. */
const Control = z.strictObject({ on: z.partialRecord(z.enum(returnCodes), Action), otherwise: Action });
export type Control = z.output<typeof Control>;

/** How deep files may include each other, and substacks stand in substacks: PAM_SUBSTACK_MAX_LEVEL of Linux-PAM. */
export const maximumLevel = 16;

const level = z
  .int()
  .nonnegative()
  .max(maximumLevel - 1);

/**
 * A rule as libpam holds it after reading all files: in one list, with the level of its substack.
 * `substack` stands where one begins; a `broken` line is kept and fails whenever it is reached.
 */
export const PamRule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('module'),
    level,
    control: Control,
    /** Without folder and `.so`. */
    module: z.string().min(1).max(64),
    /** The arguments that this check knows, by name; true where one has no value. Others may hold names, and stay. */
    options: z.record(z.string().max(32), z.union([z.int(), z.literal(true), z.string().max(64)])),
  }),
  z.strictObject({ kind: z.literal('substack'), level }),
  z.strictObject({ kind: z.literal('broken'), level, control: Control }),
]);
export type PamRule = z.output<typeof PamRule>;
export type ModuleRule = Extract<PamRule, { kind: 'module' }>;

export const PamStack = z.array(PamRule).max(512);
export type PamStack = readonly PamRule[];

export function actionFor({ on, otherwise }: Control, code: ReturnCode): Action {
  return on[code] ?? otherwise;
}
