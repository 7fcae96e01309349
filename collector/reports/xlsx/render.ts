import type { Language } from '../../../policies/schema.ts';
import type { ComplianceReport } from '../model.ts';
import { evidenceTable } from '../table/evidence.ts';
import { attestationsTable, casesTable } from '../table/people.ts';
import { samplesTable } from '../table/samples.ts';
import { reasonsTable } from '../table/reasons.ts';
import { registersTable } from '../table/registers.ts';
import { summaryTable } from '../table/summary.ts';
import { controlsTable, coursesTable, hostsTable, waiversTable } from '../table/tables.ts';
import { tableTexts } from '../table/texts.ts';
import { texts } from '../view/texts.ts';
import { number } from '../view/words.ts';
import { escapeXml } from '../xml.ts';
import { zip } from '../zip.ts';
import { sheetXml, type Sheet } from './sheet.ts';
import { stylesXml } from './styles.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relationships = 'http://schemas.openxmlformats.org/package/2006/relationships';
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const tableMakers = [
  summaryTable,
  controlsTable,
  coursesTable,
  reasonsTable,
  evidenceTable,
  hostsTable,
  waiversTable,
  attestationsTable,
  casesTable,
  registersTable,
  samplesTable,
];

/** A workbook (ECMA-376, transitional): the same report gives the same bytes. */
export function renderXlsx(report: ComplianceReport, language: Language): Buffer {
  const tables = tableMakers.map((table) => table(report, language));
  const more = (rows: number): string => tableTexts[language].moreRows(number(rows, language));
  const sheets = tables.map((table) => ({ name: table.name, ...sheetXml(table, more) }));
  return zip([
    { name: '[Content_Types].xml', content: contentTypes(sheets.length) },
    { name: '_rels/.rels', content: packageRelationships },
    { name: 'docProps/core.xml', content: properties(report, language) },
    { name: 'xl/workbook.xml', content: workbook(sheets) },
    { name: 'xl/_rels/workbook.xml.rels', content: workbookRelationships(sheets.length) },
    { name: 'xl/styles.xml', content: stylesXml() },
    ...sheets.map(({ xml }, index) => ({ name: `xl/worksheets/sheet${index + 1}.xml`, content: xml })),
  ]);
}

function contentTypes(sheets: number): string {
  const ofSheets = numbered(sheets).map(
    (id) => `<Override PartName="/xl/worksheets/sheet${id}.xml" ContentType="${spreadsheet}.worksheet+xml"/>`,
  );
  return [
    `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`,
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
    '<Default Extension="xml" ContentType="application/xml"/>',
    `<Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/>`,
    `<Override PartName="/xl/styles.xml" ContentType="${spreadsheet}.styles+xml"/>`,
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>',
    ...ofSheets,
    '</Types>',
  ].join('');
}

const packageRelationships = [
  `${declaration}<Relationships xmlns="${relationships}">`,
  `<Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/>`,
  '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>',
  '</Relationships>',
].join('');

/** Dated by the evidence, not by when it was written: so the bytes stay the same. */
function properties({ log, period }: ComplianceReport, language: Language): string {
  const title = `${texts[language].title} ${period.from.slice(0, 10)} – ${period.until.slice(0, 10)}`;
  const created = log.lastReceivedAt ?? period.until;
  return [
    `${declaration}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"`,
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    `<dc:title>${escapeXml(title)}</dc:title><dc:creator>Waarborg</dc:creator><dc:language>${language}</dc:language>`,
    `<dcterms:created xsi:type="dcterms:W3CDTF">${created}</dcterms:created></cp:coreProperties>`,
  ].join('');
}

/** Each sheet's filter has a hidden name, and its head is repeated on every printed page. */
function workbook(sheets: readonly (Sheet & { readonly name: string })[]): string {
  const listed = sheets.map(
    ({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const names = sheets.flatMap(({ name, range: { first, last } }, index) => [
    `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">'${name}'!${first}:${last}</definedName>`,
    `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">'${name}'!$1:$1</definedName>`,
  ]);
  return [
    `${declaration}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}">`,
    `<bookViews><workbookView/></bookViews><sheets>${listed.join('')}</sheets>`,
    `<definedNames>${names.join('')}</definedNames></workbook>`,
  ].join('');
}

function workbookRelationships(sheets: number): string {
  const ofSheets = numbered(sheets).map(
    (id) => `<Relationship Id="rId${id}" Type="${office}/worksheet" Target="worksheets/sheet${id}.xml"/>`,
  );
  const styles = `<Relationship Id="rId${sheets + 1}" Type="${office}/styles" Target="styles.xml"/>`;
  return `${declaration}<Relationships xmlns="${relationships}">${ofSheets.join('')}${styles}</Relationships>`;
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
