import type { Language } from '../../policies/schema.ts';
import type { ComplianceReport } from './model.ts';
import type { ReportFile } from './zip.ts';

/** A form in which a report can be had. */
export type ReportFormat =
  | {
      readonly kind: 'file';
      /** Of its files, without the dot. */
      readonly ending: string;
      /** Of RFC 9110, section 8.3. */
      readonly mediaType: string;
      readonly render: (report: ComplianceReport, language: Language) => Promise<string | Buffer>;
    }
  | {
      readonly kind: 'folder';
      readonly render: (report: ComplianceReport, language: Language) => Promise<readonly ReportFile[]>;
    };

/** Each is loaded when it is asked for. */
export const reportFormats = {
  html: {
    kind: 'file',
    ending: 'html',
    mediaType: 'text/html; charset=utf-8',
    render: async (report, language) => (await import('./html/render.ts')).renderHtml(report, language),
  },
  pdf: {
    kind: 'file',
    ending: 'pdf',
    mediaType: 'application/pdf',
    render: async (report, language) => (await import('./pdf/render.ts')).renderPdf(report, language),
  },
  xlsx: {
    kind: 'file',
    ending: 'xlsx',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    render: async (report, language) => (await import('./xlsx/render.ts')).renderXlsx(report, language),
  },
  csv: {
    kind: 'file',
    ending: 'csv',
    mediaType: 'text/csv; charset=utf-8; header=present',
    render: async (report, language) => (await import('./csv.ts')).renderCsv(report, language),
  },
  oscal: {
    kind: 'folder',
    render: async (report, language) => (await import('./oscal/render.ts')).renderOscal(report, language),
  },
  junit: {
    kind: 'file',
    ending: 'xml',
    mediaType: 'application/xml; charset=utf-8',
    render: async (report, language) => (await import('./junit.ts')).renderJunit(report, language),
  },
  json: {
    kind: 'file',
    ending: 'json',
    mediaType: 'application/json; charset=utf-8',
    render: (report) => Promise.resolve(`${JSON.stringify(report, undefined, 2)}\n`),
  },
} satisfies Readonly<Record<string, ReportFormat>>;

export type ReportFormatName = keyof typeof reportFormats;
export const reportFormatNames = Object.keys(reportFormats) as readonly ReportFormatName[];

/** A report as one file: what is several is an archive of them. */
export interface RenderedFile {
  readonly ending: string;
  readonly mediaType: string;
  readonly content: string | Buffer;
}

export async function renderAsFile(
  name: ReportFormatName,
  report: ComplianceReport,
  language: Language,
): Promise<RenderedFile> {
  const format: ReportFormat = reportFormats[name];
  if (format.kind === 'file') {
    const { ending, mediaType, render } = format;
    return { ending, mediaType, content: await render(report, language) };
  }
  const { zip } = await import('./zip.ts');
  const content = zip(await format.render(report, language));
  return { ending: `${name}.zip`, mediaType: 'application/zip', content };
}
