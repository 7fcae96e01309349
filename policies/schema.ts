import { z } from 'zod';
import { checkKinds } from './checks/index.ts';

/** A text that a person reads, in both languages of the product. */
export const Text = z.strictObject({ nl: z.string().min(1), en: z.string().min(1) });
export type Text = z.output<typeof Text>;

export type Language = keyof Text;

/** What a host says of itself in agent.yaml (`role: web`), and what a control's `applies` is matched against. */
export const Labels = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a label name of lower case letters, digits and hyphens'),
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'expected a label value of letters, digits, dots and hyphens'),
);
export type Labels = z.output<typeof Labels>;

/** The worse a failure, the louder it is told. */
export const Severity = z.enum(['critical', 'warning', 'info']);
export type Severity = z.output<typeof Severity>;

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a name of lower case letters, digits and hyphens');

const controlShape = {
  id: z
    .string()
    .max(64)
    .regex(
      /^[A-Za-z][A-Za-z0-9-]*(\.[a-z][a-z0-9-]*)?$/,
      'expected an identifier such as CP-tls-version, or CP-access-review.signed where one promise is shown in several ways',
    ),
  clause: z.string().min(1).describe('Where the source makes this promise'),
  title: Text,
  promise: Text.describe('What is promised, in own words'),
  remedy: Text.describe('What to do when it fails'),
  severity: Severity,
  applies: z
    .record(z.string(), z.array(z.string()).min(1))
    .optional()
    .describe('The hosts it holds for, by label; left out: every host'),
  maps: z.record(z.string(), z.array(z.string()).min(1)).describe('The clauses of public standards that it serves'),
};

/** `with` stays as it was written: its check kind parses it at each judgement, so that the document alone decides. */
export const Control = z.strictObject({
  ...controlShape,
  check: z.string(),
  with: z.record(z.string(), z.unknown()).default({}),
});
export type Control = z.output<typeof Control>;

/** As exactly as the source itself says it: a day, a month or a year. */
const Dated = z.union([z.iso.date(), z.string().regex(/^\d{4}(-(0[1-9]|1[0-2]))?$/)], {
  error: 'expected a date such as 2021-04-01, or a quoted year or month',
});

const documentShape = {
  policy: Name,
  version: z.int().positive().describe('Raised with every change of meaning'),
  title: Text,
  source: z.strictObject({
    document: z.string(),
    publisher: z.string(),
    dated: Dated.optional().describe('Left out where the source has no date'),
  }),
};

export const PolicyDocument = z.strictObject({ ...documentShape, controls: z.array(Control).min(1).max(1000) });
export type PolicyDocument = z.output<typeof PolicyDocument>;

/** The JSON Schema of a policy document, with each check kind's own parameters, for editors. */
export function policyJsonSchema(): unknown {
  const controls = checkKinds.map((kind) =>
    z.strictObject({ ...controlShape, check: z.literal(kind.name), with: kind.parameters.optional() }),
  );
  const document = z.strictObject({ ...documentShape, controls: z.array(z.union(controls)).min(1) });
  return { $id: 'waarborg-policy', title: 'Waarborg policy document', ...z.toJSONSchema(document, { io: 'input' }) };
}
