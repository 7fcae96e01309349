import { Router, type Request, type Response } from 'express';
import type { Language } from '../../policies/schema.ts';
import { sightOfRequest, type Access } from '../access/guard.ts';
import { note } from '../access/note.ts';
import { Problem } from '../problem.ts';
import { renderAsFile, reportFormatNames, type ReportFormatName } from '../reports/formats.ts';
import { describeOrder, fileNameOf, makeStoredReport, type ReportSettings } from '../reports/make.ts';
import { scopeOf } from '../reports/request.ts';
import { seenOrder } from '../reports/seen.ts';
import { languageOf } from './language.ts';

/** Reports for auditors, as files, of the hosts that whoever asks may see. Documented in docs/api.md. */
export function complianceRoutes(settings: ReportSettings, access: Access): Router {
  const router = Router();
  router.get('/compliance', async (request: Request, response: Response) => {
    const format = formatNamed(one(request, 'format') ?? 'json');
    const language = languageNamed(one(request, 'language')) ?? languageOf(request);
    const scope = scopeOf({
      policy: all(request, 'policy'),
      label: all(request, 'label'),
      host: all(request, 'host'),
    });
    const asked = { from: one(request, 'from'), to: one(request, 'to') };
    const order = seenOrder(scope, asked, sightOfRequest(request, access), access.now());
    note(request, access, 'make-report', describeOrder(order, format));
    const report = await makeStoredReport(settings, order);
    const { ending, mediaType, content } = await renderAsFile(format, report, language);
    // A file of its own, to be kept: the page's policy would keep the style out of one that is opened here.
    response.set('content-disposition', `attachment; filename="${fileNameOf(report, language)}.${ending}"`);
    response.set('cache-control', 'no-store').set('content-type', mediaType).send(content);
  });
  return router;
}

function formatNamed(name: string): ReportFormatName {
  const format = reportFormatNames.find((known) => known === name);
  if (format !== undefined) return format;
  throw new Problem(400, 'http.query', `format ${name}: expected one of ${reportFormatNames.join(', ')}`);
}

function languageNamed(name: string | undefined): Language | undefined {
  if (name === undefined || name === 'nl' || name === 'en') return name;
  throw new Problem(400, 'http.query', `language ${name}: expected nl or en`);
}

/** What a form leaves empty was not asked for. */
function all({ query }: Request, name: string): string[] {
  const value = query[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.filter((text) => typeof text === 'string');
  if (texts.length < values.length && value !== undefined) {
    throw new Problem(400, 'http.query', `${name}: expected text`);
  }
  return texts.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '');
}

function one(request: Request, name: string): string | undefined {
  const [first, ...more] = all(request, name);
  if (more.length === 0) return first;
  throw new Problem(400, 'http.query', `${name}: expected it once`);
}
