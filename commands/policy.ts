import { Command, Option } from 'commander';
import { loadPolicy, shippedPolicies } from '../policies/load.ts';
import { policyJsonSchema, type Language } from '../policies/schema.ts';
import { coverageOf, coverageTable } from './policy/coverage.ts';
import { tryCommand } from './policy/try.ts';
import { pad, paint, textWidth, wrap } from './terminal/style.ts';

export function command(): Command {
  const policy = new Command('policy')
    .description('Policy documents: what is promised, and how each promise is checked.')
    .addHelpText(
      'after',
      `
Example:
  waarborg policy show cloud-provider
  waarborg policy coverage antum
  waarborg policy lint my-policy.yaml
  waarborg policy try my-policy.yaml --config /etc/waarborg/collector.yaml
  waarborg policy schema > waarborg-policy.schema.json`,
    );
  policy.command('list').description('List the documents that come with Waarborg.').action(list);
  policy
    .command('show <policy>')
    .description('Show a document: each control with its promise and how it is checked.')
    .addOption(new Option('--lang <language>', 'the language of the texts').choices(['en', 'nl']).default('en'))
    .action(show);
  policy
    .command('coverage [policies...]')
    .description('Each promise of a source, and how it is shown: by which check, of hosts or of people.')
    .addOption(new Option('--lang <language>', 'the language of the texts').choices(['en', 'nl']).default('en'))
    .addOption(new Option('--format <format>', 'the form').choices(['table', 'json']).default('table'))
    .action(coverage);
  policy
    .command('lint <files...>')
    .description('Check documents; what is wrong is told with its line and column (exit code 3).')
    .action(lint);
  policy.addCommand(tryCommand());
  policy
    .command('schema')
    .description('Print the JSON Schema of policy documents, for editors.')
    .action(() => void process.stdout.write(`${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`));
  return policy;
}

function list(): void {
  for (const policy of shippedPolicies().map(loadPolicy)) {
    process.stdout.write(`${pad(policy.policy, 20)}  ${policy.controls.length} controls  ${policy.title.en}\n`);
  }
}

function show(reference: string, { lang }: { readonly lang: 'en' | 'nl' }): void {
  const policy = loadPolicy(reference);
  const { document, publisher, dated } = policy.source;
  const from = [document, publisher, dated].filter(Boolean).join(', ');
  const lines = [paint('bold', policy.title[lang]), `${from} · version ${policy.version}`];
  for (const { id, clause, title, promise, severity, applies, check, with: parameters } of policy.controls) {
    const condition = Object.entries(applies ?? {}).map(([label, values]) => `${label}=${values.join('|')}`);
    lines.push(
      '',
      `${paint('bold', id)}  ${title[lang]}  ${paint('dim', `(${severity})`)}`,
      ...wrap(promise[lang], textWidth() - 2).map((line) => `  ${line}`),
      paint(
        'dim',
        `  ${clause} · ${check} ${JSON.stringify(parameters)}${condition.length > 0 ? ` · where ${condition.join(', ')}` : ''}`,
      ),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

interface CoverageOptions {
  readonly lang: Language;
  readonly format: 'table' | 'json';
}

function coverage(references: readonly string[], { lang, format }: CoverageOptions): void {
  const policies = (references.length === 0 ? shippedPolicies() : references).map(loadPolicy);
  if (format === 'json') {
    const covered = policies.map((policy) => ({ policy: policy.policy, promises: coverageOf(policy, lang) }));
    process.stdout.write(`${JSON.stringify({ v: 1, policies: covered }, null, 2)}\n`);
    return;
  }
  process.stdout.write(policies.map((policy) => coverageTable(policy, lang)).join('\n'));
}

function lint(files: readonly string[]): void {
  for (const file of files) {
    const { policy, controls, digest } = loadPolicy(file);
    process.stdout.write(`${file}: ${policy} is sound, ${controls.length} controls, digest ${digest}\n`);
  }
}
