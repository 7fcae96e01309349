import { describe, expect, test } from 'vitest';
import { renderScan, renderSummary } from '../../../commands/terminal/scan.ts';
import { stepLines } from '../../../commands/terminal/tls/steps.ts';
import type { GroundedScan } from '../../../agent/tls/scan.ts';
import type { Rating } from '../../../policies/checks/tls/rating/rate.ts';

const at = new Date('2026-06-01T12:00:00Z');

describe('an endpoint without a letter', () => {
  test.each<[string, GroundedScan]>([
    ['it takes the connection and stays silent', { speaks: 'unknown', why: { what: 'silent' } }],
    [
      'nothing listens there (ECONNREFUSED)',
      { speaks: 'unknown', why: { what: 'unreachable', detail: 'ECONNREFUSED' } },
    ],
    ['there is no such name (ENOTFOUND)', { speaks: 'unknown', why: { what: 'unreachable', detail: 'ENOTFOUND' } }],
    ['no connection can be made (EPROTO)', { speaks: 'unknown', why: { what: 'unreachable', detail: 'EPROTO' } }],
    ['it turns the asker away (421)', { speaks: 'unknown', why: { what: 'turned-away', detail: '421' } }],
    ['name that with --starttls', { speaks: 'other', answer: 'not-tls' }],
    ['not as a server of smtp does', { speaks: 'other', answer: 'not-tls', starttls: 'smtp' }],
    ['speaks imap, and does not offer STARTTLS', { speaks: 'other', answer: 'no-starttls', starttls: 'imap' }],
  ])('says that %s', (text, found) => {
    const shown = { label: 'a.example:443', found, rating: undefined };
    expect(renderScan(shown, at).replace(/\s+/g, ' ')).toContain(text);
    expect(renderSummary([shown])).toContain(text);
  });

  test('shows no control characters of what a server said', () => {
    const found: GroundedScan = { speaks: 'unknown', why: { what: 'turned-away', detail: '421 \u001b[31mred' } };
    expect(renderScan({ label: 'a', found, rating: undefined }, at)).not.toContain('\u001b[31m');
  });
});

describe('what to change first', () => {
  const rule = (id: Rating['rules'][number]['id']): Rating['rules'][number] => ({
    id,
    letter: 'F',
    revision: '2009',
    state: 'applies',
    detail: `detail of ${id}`,
  });
  const rating: Pick<Rating, 'steps' | 'rules'> = {
    steps: [{ from: 'F', to: 'A', rules: ['anonymous-suites', 'tls10-or-11', 'export-suites'] }],
    rules: [rule('anonymous-suites'), rule('tls10-or-11'), rule('export-suites')],
  };

  test('says a change that is against two things once, below both', () => {
    const text = stepLines(rating, undefined).join(' ').replace(/\s+/g, ' ');
    expect(text.match(/allow suites/g)).toHaveLength(1);
    const order = ['anonymous-suites, 2009', 'export-suites, 2009', 'allow suites', 'tls10-or-11, 2009', 'switch off'];
    expect(order.map((part) => text.indexOf(part))).toEqual(
      order.map((part) => text.indexOf(part)).sort((a, b) => a - b),
    );
    for (const part of order) expect(text).toContain(part);
  });

  test.each([
    [undefined, ['nginx ', 'Apache']],
    ['smtp', ['Postfix']],
    ['imap', ['Dovecot']],
    ['ldap', []],
  ] as const)('gives the settings of the usual servers of %s', (starttls, expected) => {
    const text = stepLines(rating, starttls).join('\n');
    const shown = ['nginx ', 'Apache', 'Postfix', 'Dovecot'].filter((name) => text.includes(name));
    expect(shown).toEqual(expected);
  });
});
