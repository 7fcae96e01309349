/** Words that people put into names of what is not production, in Dutch and English. */
export const usualHints: readonly string[] = [
  'acc',
  'acceptance',
  'acceptatie',
  'demo',
  'dev',
  'develop',
  'development',
  'ontwikkel',
  'preprod',
  'preview',
  'sandbox',
  'stage',
  'staging',
  'stg',
  'test',
  'testing',
  'tst',
  'uat',
];

/**
 * Whether a host name, or a pattern of names, tells of test or development: one of the words stands in it alone, between
 * dots and hyphens, whatever number follows it. The registered domain is left out, but for the top-level domain `test`
 * (RFC 2606): whoever is called acc.nl tests nothing by that.
 */
export function isHint(name: string, hints: readonly string[]): boolean {
  const parts = name.toLowerCase().split('.');
  if (parts.length > 1 && parts.at(-1) === 'test') return hints.includes('test');
  const own = parts.length > 2 ? parts.slice(0, -2) : parts.length === 1 ? parts : [];
  const words = own.flatMap((part) => part.split(/[^a-z0-9]+/)).map((word) => word.replace(/\d+$/, ''));
  return words.some((word) => hints.includes(word));
}
