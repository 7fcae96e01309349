import { z } from 'zod';
import { reasonsFrom, type Catalogue, type Reason } from './reasons.ts';

/**
 * Why something could not be read. `what` is a path, a command or an address; `detail` is what the tool or system said.
 * `denied` is a path that may not be read, `refused` whatever a program or server does not do for who lacks a right.
 */
export const Obstacle = z.strictObject({
  code: z.enum([
    'missing',
    'denied',
    'refused',
    'not-a-file',
    'outside',
    'too-large',
    'outdated',
    'command-missing',
    'command-failed',
    'timeout',
    'unreachable',
    'unparsable',
    'unsupported',
    'internal',
  ]),
  what: z.string().max(1024),
  detail: z.string().max(1024).optional(),
});
export type Obstacle = z.output<typeof Obstacle>;

/** Something read, or the obstacle that stood before it. Facts never leave out what could not be read. */
export type Reading<T> = { state: 'read'; value: T } | Unreadable;
export type Unreadable = { state: 'unreadable'; obstacle: Obstacle };

export function readingOf<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('read'), value }),
    z.strictObject({ state: z.literal('unreadable'), obstacle: Obstacle }),
  ]);
}

export function read<T>(value: T): Reading<T> {
  return { state: 'read', value };
}

export function unreadable(code: Obstacle['code'], what: string, detail?: string): Unreadable {
  const short = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text);
  return {
    state: 'unreadable',
    obstacle: { code, what: short(what), ...(detail ? { detail: short(detail) } : {}) },
  };
}

/** What an obstacle means to a judge: always `unknown`, with what the operator can do about it. */
export const obstacleReasons = {
  'host.missing': {
    verdict: 'unknown',
    en: '{what} does not exist',
    nl: '{what} bestaat niet',
  },
  'host.denied': {
    verdict: 'unknown',
    en: 'no permission to read {what}; run the agent as root or with CAP_DAC_READ_SEARCH',
    nl: 'geen recht om {what} te lezen; draai de agent als root of met CAP_DAC_READ_SEARCH',
  },
  'host.refused': {
    verdict: 'unknown',
    en: '{what} refuses the agent: {detail}; give it the right that this check needs (docs/hardening.md)',
    nl: '{what} weigert de agent: {detail}; geef hem het recht dat deze controle nodig heeft (docs/hardening.md)',
  },
  'host.not-a-file': {
    verdict: 'unknown',
    en: '{what} is not a regular file',
    nl: '{what} is geen gewoon bestand',
  },
  'host.outside': {
    verdict: 'unknown',
    en: '{what} is a link that leads out of the folders where the agent may look',
    nl: '{what} is een koppeling die buiten de mappen leidt waar de agent mag kijken',
  },
  'host.too-large': {
    verdict: 'unknown',
    en: '{what} is larger than the agent reads',
    nl: '{what} is groter dan de agent leest',
  },
  'host.outdated': {
    verdict: 'unknown',
    en: '{what} is too old to go by: {detail}',
    nl: '{what} is te oud om op af te gaan: {detail}',
  },
  'host.command-missing': {
    verdict: 'unknown',
    en: 'the command {what} is not installed',
    nl: 'het commando {what} is niet geïnstalleerd',
  },
  'host.command-failed': {
    verdict: 'unknown',
    en: '{what} failed: {detail}',
    nl: '{what} is mislukt: {detail}',
  },
  'host.timeout': {
    verdict: 'unknown',
    en: '{what} did not answer in time',
    nl: '{what} antwoordde niet op tijd',
  },
  'host.unreachable': {
    verdict: 'unknown',
    en: '{what} cannot be reached: {detail}',
    nl: '{what} is niet bereikbaar: {detail}',
  },
  'host.unparsable': {
    verdict: 'unknown',
    en: '{what} is not in a form the agent understands: {detail}',
    nl: '{what} heeft geen vorm die de agent begrijpt: {detail}',
  },
  'host.unsupported': {
    verdict: 'unknown',
    en: '{what} is not supported yet: {detail}',
    nl: '{what} wordt nog niet ondersteund: {detail}',
  },
  'host.internal': {
    verdict: 'unknown',
    en: 'the check itself failed at {what}: {detail}; please report this',
    nl: 'de controle zelf ging mis bij {what}: {detail}; meld dit alstublieft',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(obstacleReasons);

export function obstacleReason(obstacle: Obstacle, subject?: string): Reason {
  return because(`host.${obstacle.code}`, { what: obstacle.what, detail: obstacle.detail ?? '' }, subject);
}
