import { z } from 'zod';
import { EvidenceError } from './error.ts';
import { Handover, maximumHandovers } from './handover.ts';
import { parseJson } from './json.ts';
import { encodeSalt } from './salts.ts';
import { Scope } from './scope.ts';
import { encodeEntryBundle, tilePath, tilesOf, tileWidth } from './tiles.ts';

/**
 * A bundle is a folder that verifies alone: the log in the layout of tlog-tiles, so that other tools can read it too,
 * and beside it what the log commits to.
 *
 *     bundle.json                       which log, its key, its size; of version 2 also what of it is shown
 *     checkpoint                        the signed head
 *     tile/entries/..., tile/0/...      entries and hashes (C2SP tlog-tiles)
 *     parts/<commitment>.json           parts of reports' bodies, as the agents wrote them
 *     salts                             the salt of each part: "commitment salt" a line, sorted
 *     policies/<digest>.yaml            the documents that reports were judged by
 *     README.txt                        for whoever finds the folder
 *
 * Nothing in it is left out of the verification: every byte of every file is compared or hashed.
 *
 * Version 1 shows all of the log. Version 2 shows a part: an entry that is left out has length 0 in its entry bundle (a
 * true one is never empty), and its hash in the tile of level 0 holds its place under the signed head.
 */
const manifestShape = {
  origin: z.string().max(255),
  /** The log's verification key, as the exporter states it: an auditor compares it with one had from elsewhere. */
  logKey: z.string().max(512),
  size: z.int().nonnegative(),
  /** How the log came to its key, the oldest handover first; left out where it had no other. */
  handovers: z.array(Handover).min(1).max(maximumHandovers).optional(),
};

export const BundleManifest = z.discriminatedUnion('v', [
  z.strictObject({ v: z.literal(1), ...manifestShape }),
  z.strictObject({ v: z.literal(2), ...manifestShape, scope: Scope }),
]);
export type BundleManifest = z.output<typeof BundleManifest>;

/** What the bundle shows; null for all there is. */
export function scopeOf(manifest: BundleManifest): Scope | null {
  return manifest.v === 1 ? null : manifest.scope;
}

export const manifestPath = 'bundle.json';
export const checkpointPath = 'checkpoint';
export const saltsPath = 'salts';
export const readmePath = 'README.txt';

export function partPath(commitment: string): string {
  return `parts/${commitment}.json`;
}

export function commitmentOfPartPath(path: string): string | undefined {
  return /^parts\/([0-9a-f]{64})\.json$/.exec(path)?.[1];
}

export function policyPath(digest: string): string {
  return `policies/${digest}.yaml`;
}

export function digestOfPolicyPath(path: string): string | undefined {
  return /^policies\/([0-9a-f]{64})\.yaml$/.exec(path)?.[1];
}

/** Bytes: manifest, checkpoint and README are shorter. */
export const maximumHeadFile = 65_536;

/** Part of the format: the words of a version stay as they are, or older bundles would count as changed. */
export function readmeText({ v }: Pick<BundleManifest, 'v'>): string {
  return v === 1 ? readmeOfAll : readmeOfPart;
}

const readmeOfAll = `Waarborg evidence bundle, version 1

This folder holds signed reports of servers about their own compliance, in a tamper-evident log.
Verify it with:  waarborg verify THIS-FOLDER --key LOG-KEY
LOG-KEY is the log's verification key as the operator publishes it, not the one in bundle.json.
Keep the file "checkpoint": given as --since to a later bundle's verification, it shows that nothing was cut or rewritten.

Deze map bevat ondertekende meldingen van servers over hun eigen naleving, in een logboek waaraan niets ongemerkt verandert.
Controleer haar met:  waarborg verify DEZE-MAP --key LOGSLEUTEL
LOGSLEUTEL is de sleutel die de beheerder bekendmaakt, niet die in bundle.json.
Bewaar het bestand "checkpoint": als --since bij een latere bundel toont het dat niets is afgeknipt of herschreven.
`;

const readmeOfPart = `Waarborg evidence bundle, version 2: a part of a log

This folder holds signed reports of servers about their own compliance, from a tamper-evident log. It shows only what
"scope" in bundle.json says; of the rest it holds the hashes. Between the reports of a host that are shown, none is missing.
Verify it with:  waarborg verify THIS-FOLDER --key LOG-KEY
LOG-KEY is the log's verification key as the operator publishes it, not the one in bundle.json.
Keep the file "checkpoint": given as --since to a later bundle's verification, it shows that nothing was cut or rewritten.

Deze map bevat ondertekende meldingen van servers over hun eigen naleving, uit een logboek waaraan niets ongemerkt
verandert. Ze toont alleen wat "scope" in bundle.json zegt; van de rest bevat ze de hashes. Tussen de getoonde meldingen
van een server ontbreekt er geen.
Controleer haar met:  waarborg verify DEZE-MAP --key LOGSLEUTEL
LOGSLEUTEL is de sleutel die de beheerder bekendmaakt, niet die in bundle.json.
Bewaar het bestand "checkpoint": als --since bij een latere bundel toont het dat niets is afgeknipt of herschreven.
`;

/** What an export reads, all of one moment. */
export interface BundleSource {
  readonly manifest: BundleManifest;
  readonly checkpoint: string;
  /** @returns the entry's exact bytes; none at all for one that the scope leaves out */
  entry(index: number): Uint8Array;
  /** @returns a tile's hashes; more than the size asks for are cut off */
  tile(level: number, index: number): Uint8Array;
  /** Sorted by commitment. */
  parts(): Iterable<BundlePart>;
  policies(): Iterable<{ readonly digest: string; readonly text: string }>;
}

export interface BundlePart {
  readonly commitment: string;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Every file of a bundle, one at a time. */
export function* bundleFiles(source: BundleSource): Iterable<BundleFile> {
  const text = (path: string, content: string): BundleFile => ({ path, bytes: Buffer.from(content) });
  const { manifest } = source;
  yield text(manifestPath, encodeManifest(manifest));
  yield text(readmePath, readmeText(manifest));
  yield text(checkpointPath, source.checkpoint);
  for (const { level, index, width } of tilePlaces(manifest.size)) {
    if (level === 0) {
      const entries = Array.from({ length: width }, (_, offset) => source.entry(index * tileWidth + offset));
      yield { path: tilePath({ level: 'entries', index, width }), bytes: encodeEntryBundle(entries) };
    }
    yield { path: tilePath({ level, index, width }), bytes: source.tile(level, index).subarray(0, width * 32) };
  }
  const salts: Buffer[] = [];
  for (const { commitment, salt, bytes } of source.parts()) {
    salts.push(encodeSalt(commitment, salt));
    yield { path: partPath(commitment), bytes };
  }
  yield { path: saltsPath, bytes: Buffer.concat(salts) };
  for (const { digest, text: document } of source.policies()) yield text(policyPath(digest), document);
}

/** Every tile that a log of that size has, level by level. */
function* tilePlaces(size: number): Iterable<{ level: number; index: number; width: number }> {
  for (const [level, { full, partial }] of tilesOf(size).entries()) {
    for (let index = 0; index < full; index++) yield { level, index, width: tileWidth };
    if (partial > 0) yield { level, index: full, width: partial };
  }
}

/** One form only, so that no byte of the file can change unseen. */
export function encodeManifest(manifest: BundleManifest): string {
  return `${JSON.stringify(BundleManifest.parse(manifest), undefined, 2)}\n`;
}

const AnyVersion = z.looseObject({ v: z.int().min(3) });

/** @throws EvidenceError `bundle.malformed`, or `bundle.version` where it is of a version that came later */
export function decodeManifest(bytes: Uint8Array): BundleManifest {
  const json = parseJson(bytes);
  const later = AnyVersion.safeParse(json).data;
  if (later !== undefined) {
    throw new EvidenceError('bundle.version', `a bundle of version ${later.v}; this program knows 1 and 2: upgrade it`);
  }
  const manifest = BundleManifest.safeParse(json).data;
  if (manifest === undefined) {
    throw new EvidenceError('bundle.malformed', `${manifestPath} is not the manifest of a bundle of version 1 or 2`);
  }
  if (Buffer.from(encodeManifest(manifest)).equals(bytes)) return manifest;
  throw new EvidenceError('bundle.malformed', `${manifestPath} is not in the form in which it was written`);
}
