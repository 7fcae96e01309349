import { z } from 'zod';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import { isShownMoment } from './shown-moment.ts';

/** The catalogue's numbers, which are written as texts. */
const Count = z.coerce.number().pipe(z.int().min(0));

/** A moment as the catalogue has it: on the director's clock, without a zone. Null, empty or all zeros: not yet. */
const Shown = z
  .union([
    z.enum(['', '0000-00-00 00:00:00']).transform(() => null),
    z
      .string()
      .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      .refine(isShownMoment, { error: 'expected a day of the calendar' }),
  ])
  .nullish();

const Job = z.object({
  jobid: Count,
  name: z.string(),
  type: z.string().length(1),
  level: z.string().max(1),
  jobstatus: z.string().length(1),
  starttime: Shown,
  endtime: Shown,
  /** Once it has ended, that moment in seconds since 1970. */
  jobtdate: Count,
  jobbytes: Count,
  jobfiles: Count,
  joberrors: Count,
  fileset: z.string().default(''),
});
/** A job, as `llist jobs` gives the rows of the catalogue. */
export type Job = z.output<typeof Job>;

const Answer = z.object({
  result: z.object({ jobs: z.array(z.record(z.string(), z.unknown())).optional() }).optional(),
  error: z.object({ message: z.string() }).optional(),
});

/**
 * The jobs in what bconsole printed: lines of its own, and one JSON-RPC response for each command (Bareos' developer
 * guide, "API mode 2"). All keys are lower case, but for some in older versions.
 */
export function parseJobs(stdout: string): Reading<Job[]> {
  const what = 'the output of bconsole';
  const answers = jsonIn(stdout);
  if (answers === undefined) return unreadable('unparsable', what, 'JSON that breaks off');
  const responses = z.array(Answer).safeParse(answers);
  if (!responses.success) return unreadable('unparsable', what, z.prettifyError(responses.error));
  const failed = responses.data.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) return unreadable('command-failed', 'llist job in bconsole', failed.error.message);
  const listings = responses.data.flatMap(({ result }) => (result?.jobs === undefined ? [] : [result.jobs]));
  const [listing] = listings;
  if (listing === undefined || listings.length > 1) return unreadable('unparsable', what, 'not one list of jobs');
  const lowerCase = listing.map((job) =>
    Object.fromEntries(Object.entries(job).map(([key, value]) => [key.toLowerCase(), value])),
  );
  const jobs = z.array(Job).safeParse(lowerCase);
  return jobs.success ? read(jobs.data) : unreadable('unparsable', what, z.prettifyError(jobs.error));
}

/** Each response begins at the start of a line, and ends with a brace there; or it is one line. */
function jsonIn(stdout: string): unknown[] | undefined {
  const found: unknown[] = [];
  let lines: string[] = [];
  for (const line of stdout.split('\n')) {
    if (lines.length === 0 && !line.startsWith('{')) continue;
    lines.push(line);
    const isOneLine = lines.length === 1 && line.length > 1;
    if (line !== '}' && !isOneLine) continue;
    const answer = parsed(lines.join('\n'));
    if (answer === undefined && isOneLine) continue;
    if (answer === undefined) return undefined;
    found.push(answer);
    lines = [];
  }
  return lines.length === 0 ? found : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
