import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');

const Component = z.looseObject({
  'bom-ref': z.string(),
  properties: z.array(z.object({ name: z.string(), value: z.string() })),
});

const Bill = z.looseObject({
  serialNumber: z.string(),
  metadata: z.looseObject({
    timestamp: z.string(),
    component: z.looseObject({ 'bom-ref': z.string(), name: z.string() }),
  }),
  components: z.array(Component),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/**
 * What the program is made of, as a CycloneDX bill of materials by `npm sbom`: every package that package-lock.json names
 * for it, the Node.js within it among them. Where npm writes what is drawn at random or is now, this writes what is fixed.
 * @param at the moment of the release
 */
export function billOfMaterials(at: Date): string {
  const words = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const told = Bill.parse(JSON.parse(execFileSync('npm', words, { ...options, stdio: ['ignore', 'pipe', 'ignore'] })));
  // Its own --omit=dev leaves out what the program needs too, where a tool of development also may use it.
  const components = told.components.filter((component) => !isOfDevelopment(component));
  const { component } = told.metadata;
  const refs = new Set([component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = told.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  // npm takes the name of the folder for that of the program.
  const metadata = { ...told.metadata, timestamp: at.toISOString(), component: { ...component, name: 'waarborg' } };
  const bill = { ...told, metadata, components, dependencies };
  const serialNumber = `urn:uuid:${uuidOf(JSON.stringify({ ...bill, serialNumber: '' }))}`;
  return `${JSON.stringify({ ...bill, serialNumber }, undefined, 2)}\n`;
}

function isOfDevelopment({ properties }: z.output<typeof Component>): boolean {
  return properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true');
}

/** A UUID of version 8 (RFC 9562 5.8) made of a text's SHA-256. */
function uuidOf(text: string): string {
  const digest = hash('sha256', text);
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `8${digest.slice(17, 20)}`];
  return [...parts, digest.slice(20, 32)].join('-');
}

const Manifest = z.looseObject({ name: z.string(), version: z.string(), license: z.string().optional() });

/**
 * The licences of all code of others in a bundle, each with its text: what most of them ask of whoever passes them on.
 * @param runtime what the bundle runs on
 * @throws Error for a package without a licence that can be read
 */
export function licencesOf({ inputs }: Metafile, runtime: { readonly name: string; readonly licence: string }): string {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^(?:.*\/)?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
  );
  const packages = [...new Set(folders)].sort().map(licenceOf);
  return [...packages, chapter(runtime.name, runtime.licence)].join('\n');
}

function licenceOf(folder: string): string {
  const path = join(root, folder);
  const { name, version, license } = Manifest.parse(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')));
  const file = readdirSync(path).find((entry) => /^(licen[cs]e|copying)(\.|-|$)/i.test(entry));
  const readme = join(path, 'README.md');
  const told = existsSync(readme) ? /^#+ *licen[cs]e\b[^]*/im.exec(readFileSync(readme, 'utf8'))?.[0] : undefined;
  const text = file === undefined ? told : readFileSync(join(path, file), 'utf8');
  if (license === undefined && text === undefined) throw new Error(`${folder} has no licence; expected one`);
  return chapter(`${name} ${version}: ${license ?? 'see below'}`, text ?? '');
}

function chapter(title: string, text: string): string {
  const line = '-'.repeat(78);
  return `${line}\n${title}\n${line}\n${text.trim()}\n`;
}
