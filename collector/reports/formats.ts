import type { Language } from '../../policies/schema.ts';
import type { ComplianceReport } from './model.ts';

/** A form in which a report can be had. */
export interface ReportFormat {
  /** Of RFC 9110, section 8.3. */
  readonly mediaType: string;
  readonly render: (report: ComplianceReport, language: Language) => Promise<string | Buffer>;
}

/** Each is loaded when it is asked for. Its name is also the ending of its files. */
export const reportFormats = {
  html: {
    mediaType: 'text/html; charset=utf-8',
    render: async (report, language) => (await import('./html/render.ts')).renderHtml(report, language),
  },
  pdf: {
    mediaType: 'application/pdf',
    render: async (report, language) => (await import('./pdf/render.ts')).renderPdf(report, language),
  },
  json: {
    mediaType: 'application/json; charset=utf-8',
    render: (report) => Promise.resolve(`${JSON.stringify(report, undefined, 2)}\n`),
  },
} satisfies Readonly<Record<string, ReportFormat>>;

export type ReportFormatName = keyof typeof reportFormats;
export const reportFormatNames = Object.keys(reportFormats) as readonly ReportFormatName[];
