import { expect, test } from 'vitest';
import { fleetPage } from '../../../../collector/web/page/fleet.ts';
import { organisationPage } from '../../../../collector/web/page/organisation.ts';
import { peopleTexts } from '../../../../collector/web/people-texts.ts';
import { fleetDetail } from '../../../../collector/web/views.ts';
import { requirementOf } from '../../../../policies/people/requirement.ts';
import { MadeUpOffice } from '../../people/office.ts';
import { day, MadeUpLog } from '../../reports/evidence.ts';
import { peopleLog, peoplePolicy } from '../../reports/people.ts';
import { allPass, context, fleetOf, hostState, nobody, shelf } from '../fleets.ts';

type Language = 'nl' | 'en';

function pageAt(
  moment: string,
  { log = peopleLog(), language = 'en' }: { log?: MadeUpLog; language?: Language } = {},
): string {
  const office = new MadeUpOffice(log);
  const at = office.at(moment);
  const view = { ...context(language), at };
  return organisationPage(
    office.window.at(at),
    {
      ...{ waivers: office.window.waivers(at), awaiting: office.window.awaiting(at) },
      ...{ samples: [], lines: office.window.lines(at) },
    },
    view,
  ).replace(/\s+/g, ' ');
}

/** The overview of a fleet that passes, with what people show at a moment. */
function overviewAt(moment: string, log = peopleLog()): string {
  const office = new MadeUpOffice(log);
  const fleet = fleetDetail(fleetOf([hostState('good', allPass)]), shelf(), context().at);
  return fleetPage(fleet, office.window.at(office.at(moment)), context()).replace(/\s+/g, ' ');
}

function articleOf(control: string, page: string): string {
  return page.split('<article').find((part) => part.includes(`id="people.${control}"`)) ?? '';
}

test('a control is told with its verdict, reason, clause, promise, and remedy where it is open', () => {
  const page = pageAt(day(6));
  expect(page).toMatch(/<h1> ?<span class="symbol fail"/);
  for (const words of ['fails', 'stood until 6 Oct 2026', 'P-review · Toegang 4', 'Who may do what', 'and attest it']) {
    expect(articleOf('P-review', page)).toContain(words);
  }
  expect(articleOf('P-review', pageAt(day(3)))).not.toContain('and attest it');
});

test('an open case is told with what is due, and as overdue once that has passed', () => {
  const running = pageAt(day(5, 8), { language: 'nl' });
  expect(running).toContain('datalek, dringend');
  expect(running).toMatch(
    /klant ingelicht: vóór <time[^>]*>5 okt 2026, 09:00 UTC<\/time> <span class="aside">\(nog 1 uur\)/,
  );
  expect(running).not.toContain(peopleTexts.nl.overdue);
  expect(pageAt(day(5, 9), { language: 'nl' })).toContain(peopleTexts.nl.overdue);
  expect(pageAt(day(6, 13))).toContain(peopleTexts.en.noCases);
});

test('an attestation is listed before it ends, as long before as its document says', () => {
  expect(pageAt(day(4, 23))).toContain(peopleTexts.en.noEndings);
  expect(pageAt(day(5))).not.toContain(peopleTexts.en.noEndings);
  expect(pageAt(day(6))).toContain(peopleTexts.en.noEndings);
});

test('an exception is listed with its end, and what it is about is waived and no pass', () => {
  const [control] = peoplePolicy.controls;
  if (control === undefined) throw new Error('no control');
  const asked = { policy: 'people', control: control.id, requirement: requirementOf(control) };
  const log = new MadeUpLog()
    .follow(day(1), peoplePolicy)
    .act(day(1), {
      ...{ act: 'waive', id: 'waiver-1', ...asked, scope: { of: 'organisation' }, from: day(1), until: day(5) },
    })
    .act(day(2), { act: 'approve', of: 'waiver-1' }, { by: 'person-b' });
  expect(pageAt(day(1), { log })).toContain(peopleTexts.en.awaitsApproval);
  const page = pageAt(day(2), { log });
  expect(page).toMatch(/waived until <time[^>]*>5 Oct 2026, 00:00 UTC/);
  expect(page).toMatch(/<h1> ?<span class="symbol waived"/);
  expect(articleOf('P-review', page)).toContain('badge waived');
  expect(pageAt(day(5), { log })).toContain(peopleTexts.en.noWaivers);
});

test.each(['nl', 'en'] as const)('speaks one language (%s)', (language) => {
  const page = pageAt(day(5, 10), { language });
  const other = Object.values(peopleTexts[language === 'nl' ? 'en' : 'nl']);
  expect(other.filter((words) => typeof words === 'string' && words.length > 12 && page.includes(words))).toEqual([]);
  expect(page).not.toMatch(/<script|undefined|\[object|NaN/);
});

test('an organisation that is held to nothing is told how to be', () => {
  const page = organisationPage(nobody, { waivers: [], awaiting: [], samples: [], lines: [] }, context());
  expect(page).toContain('waarborg people follow');
  expect(page).not.toContain('symbol pass');
});

test('a document that nobody can read is told, and counts as unknown', () => {
  const log = peopleLog();
  log.documents.delete(peoplePolicy.digest);
  expect(pageAt(day(3), { log })).toMatch(/<h1> ?<span class="symbol unknown"/);
  expect(pageAt(day(3), { log })).toContain('cannot read people, version 1');
  expect(overviewAt(day(3), log)).toMatch(/<h1> ?<span class="symbol unknown"/);
});

test('the overview says that all passes only where people show it too', () => {
  expect(overviewAt(day(3))).toMatch(/<h1> ?<span class="symbol pass"/);
  const failing = overviewAt(day(5, 9));
  expect(failing).toMatch(/<h1> ?<span class="symbol fail".*?<\/span> 1 control of the organisation fails ?<\/h1>/);
  expect(failing).not.toContain('Nothing does:');
  expect(failing).toContain('/organisation#people.P-leak');
  const unknown = overviewAt(day(2));
  expect(unknown).toMatch(/<h1> ?<span class="symbol unknown"/);
  expect(unknown).not.toContain('Nothing does:');
});

test('registers list what has not ended, each line once and without names', () => {
  const log = new MadeUpLog()
    .act(
      day(1),
      { act: 'record', id: 'person-1', record: { of: 'person', roles: ['developer'], from: day(1), until: day(4) } },
      { text: 'Jan de Vries' },
    )
    .act(day(2), {
      act: 'record',
      id: 'customer-1',
      record: { of: 'customer', hosts: ['<web>'], from: day(1), until: null },
    });
  for (let number = 0; number < 25; number += 1) {
    const record = { of: 'host', host: `spare${number}`, from: day(1), until: null } as const;
    log.act(day(2), { act: 'record', id: `host-${number}`, record });
  }
  const page = pageAt(day(3), { log, language: 'nl' });
  for (const words of ['<h3>Mensen</h3>', 'developer', 'person-1', '<h3>Klanten</h3>', '&lt;web&gt;', 'en nog 5']) {
    expect(page).toContain(words);
  }
  expect(page).not.toContain('Jan de Vries');
  expect(pageAt(day(4), { log })).not.toContain('person-1');
  expect(pageAt(day(1))).not.toContain(peopleTexts.en.registers);
});
