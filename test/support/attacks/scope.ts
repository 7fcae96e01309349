import { encodeManifest, decodeManifest, manifestPath } from '../../../evidence/bundle.ts';
import { wholeScope, type Scope } from '../../../evidence/scope.ts';
import { decodeEntryBundle, encodeEntryBundle } from '../../../evidence/tiles.ts';
import { strictPolicy, twoHosts, type Bundle, type Fixture } from '../evidence.ts';
import { quickPolicy } from '../road.ts';
import { edit, fileOf, setFile, type Attack } from './attack.ts';

/** A minute of the fixtures' first hour. */
function minute(count: number): string {
  return `2026-11-01T12:${String(count).padStart(2, '0')}:00.000Z`;
}

/** From the second report of each host on, until the last but one of each. */
export const middle: Scope = { ...wholeScope, from: minute(6), until: minute(10) };

/**
 * Two hosts with eight reports, entry 2 to 11: of web1 number 1 at minute 2, and 2 to 5 at 6, 8, 9 and 11; of database1
 * number 1 at minute 5, and 2 and 3 at 7 and 10.
 */
export async function longerLog(): Promise<Fixture> {
  const fixture = await twoHosts();
  const { log, web, db } = fixture;
  const both = { policies: [quickPolicy, strictPolicy] };
  // A failing report in the middle.
  await log.report(web, { ...both, labels: { role: 'web' }, changed: new Date('2020-01-01T00:00:00Z') });
  await log.report(db, { ...both, seen: log.head() });
  await log.report(web, { ...both, labels: { role: 'web' }, seen: log.head(9) });
  return fixture;
}

const entriesFile = 'tile/entries/000.p/12';

/** Leaves an entry out of a bundle, as an exporter does. */
export function omit(bundle: Bundle, ...indexes: number[]): void {
  const entries = decodeEntryBundle(fileOf(bundle, entriesFile));
  for (const index of indexes) {
    if (entries[index]?.length === 0) throw new Error(`entry ${index} is left out already`);
  }
  const left = entries.map((entry, index) => (indexes.includes(index) ? Buffer.alloc(0) : entry));
  setFile(bundle, entriesFile, encodeEntryBundle(left));
}

/** Someone changes a bundle of a scope. */
function onPart(scope: Scope | undefined, change: (bundle: Bundle) => void): Attack['make'] {
  return async () => {
    const bundle = (await longerLog()).log.bundle(scope);
    change(bundle);
    return { bundle };
  };
}

/** Someone has a bundle say that it shows something else than it does. */
function onScope(scope: Scope, change: Partial<Scope>): Attack['make'] {
  return onPart(scope, (bundle) => {
    const manifest = decodeManifest(fileOf(bundle, manifestPath));
    if (manifest.v === 1) throw new Error('the bundle to attack has no scope');
    setFile(bundle, manifestPath, encodeManifest({ ...manifest, scope: { ...manifest.scope, ...change } }));
  });
}

const web: Scope = { ...wholeScope, hosts: ['web1'] };
const quick: Scope = { ...wholeScope, policies: ['quick'] };

/** On bundles that show a part of a log, and on those that are made to look like one. */
export const onScopes: readonly Attack[] = [
  {
    name: 'an entry left out of a bundle that shows all',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /entry 9: left out, and by what this bundle says that it shows it should be here/,
    make: onPart(undefined, (bundle) => omit(bundle, 9)),
  },
  {
    name: 'the last entries left out of a bundle that shows all',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /entries 10 to 11: left out/,
    make: onPart(undefined, (bundle) => omit(bundle, 10, 11)),
  },
  {
    name: 'an entry left out of a bundle whose scope picks policies only',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /entry 9: left out/,
    make: onPart(quick, (bundle) => omit(bundle, 9)),
  },
  {
    name: 'a failing report left out of the middle of a period',
    outcome: 'tampered',
    code: 'report.gap',
    words: /report 5 of web1 follows 3: reports in between were removed/,
    make: onPart(middle, (bundle) => omit(bundle, 9)),
  },
  {
    name: 'a failing report left out of the middle of a period of one host',
    outcome: 'tampered',
    code: 'report.gap',
    words: /report 5 of web1 follows 3/,
    make: onPart({ ...middle, hosts: ['web1'] }, (bundle) => omit(bundle, 9)),
  },
  {
    name: 'a report left out between two moments of the period',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /entry 7: left out/,
    make: onPart(middle, (bundle) => omit(bundle, 7)),
  },
  {
    name: "reports left out from a host's beginning",
    outcome: 'tampered',
    code: 'report.gap',
    words: /report 2 of web1 follows none/,
    make: onPart(web, (bundle) => omit(bundle, 2)),
  },
  {
    name: 'the first report of a period left out, and the one before it',
    outcome: 'incomplete',
    code: 'scope.start',
    words: /report 3 of web1 is the first that is shown, and the one before it is not here/,
    make: onPart({ ...middle, hosts: ['web1'] }, (bundle) => omit(bundle, 2, 6)),
  },
  {
    name: 'a scope narrowed to fewer hosts than are shown',
    outcome: 'tampered',
    code: 'scope.exceeded',
    words: /entry 3: it is about database1, a host that this bundle does not say it shows/,
    make: onScope(middle, { hosts: ['web1'] }),
  },
  {
    name: 'a scope narrowed to labels that a host never had',
    outcome: 'tampered',
    code: 'scope.exceeded',
    words: /entry 3: it is about database1, which in no report here has the labels/,
    make: onScope(middle, { labels: { role: 'web' } }),
  },
  {
    name: 'a scope narrowed to a later beginning',
    outcome: 'tampered',
    code: 'scope.exceeded',
    words: /entry 6: it is of .*, outside the period/,
    make: onScope(middle, { from: minute(9) }),
  },
  {
    name: 'a scope narrowed to an earlier end',
    outcome: 'tampered',
    code: 'scope.exceeded',
    words: /entry 9: it is of .*, outside the period/,
    make: onScope(middle, { until: minute(8) }),
  },
  {
    name: 'a scope narrowed to fewer policies',
    outcome: 'tampered',
    code: 'salts.stray',
    words: /to which no report commits that this bundle is to show/,
    make: onScope({ ...wholeScope, policies: ['quick', 'strict'] }, { policies: ['quick'] }),
  },
  {
    name: 'a scope widened to all hosts',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /entry 5: left out/,
    make: onScope(web, { hosts: [] }),
  },
  {
    name: 'a scope widened by a host of which nothing is shown',
    outcome: 'incomplete',
    code: 'scope.absent',
    words: /bundle\.json: it says that database1 is shown, and no entry here is about it/,
    make: onScope(web, { hosts: ['database1', 'web1'] }),
  },
  {
    name: 'a scope widened by a policy that the log never had',
    outcome: 'incomplete',
    code: 'scope.absent',
    words: /it says that severe is shown/,
    make: onScope(quick, { policies: ['quick', 'severe'] }),
  },
  {
    name: 'a scope widened by a policy whose facts are not shown',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /facts\/updates, to which entry \d+ commits, is not there/,
    make: onScope(quick, { policies: ['quick', 'strict'] }),
  },
  {
    name: 'a scope widened to the beginning of the log',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /host, to which entry 2 commits, is not there/,
    make: onScope(middle, { from: null }),
  },
  {
    name: 'a scope widened to an earlier beginning',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /entries 5 to 6: left out/,
    make: async () => {
      const { log } = await longerLog();
      const later = log.bundle({ ...wholeScope, from: minute(9) });
      const manifest = decodeManifest(fileOf(later, manifestPath));
      if (manifest.v === 1) throw new Error('the bundle to attack has no scope');
      setFile(later, manifestPath, encodeManifest({ ...manifest, scope: { ...manifest.scope, from: minute(4) } }));
      return { bundle: later };
    },
  },
  {
    name: 'a scope widened to the end of the log',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /to which entry 11 commits/,
    make: onScope(middle, { until: null }),
  },
  {
    name: 'a part of a log that is passed off as all of it',
    outcome: 'tampered',
    code: 'entry.omitted',
    words: /left out/,
    make: onPart(web, (bundle) => {
      const { origin, logKey, size } = decodeManifest(fileOf(bundle, manifestPath));
      setFile(bundle, manifestPath, encodeManifest({ v: 1, origin, logKey, size }));
    }),
  },
  {
    name: 'a scope in another spelling',
    outcome: 'tampered',
    code: 'bundle.malformed',
    words: /not the manifest of a bundle of version 1 or 2/,
    make: onPart({ ...wholeScope, hosts: ['database1', 'web1'] }, (bundle) =>
      edit(bundle, manifestPath, (text) => text.replace(/("database1"),(\s*)("web1")/, '$3,$2$1')),
    ),
  },
  {
    name: 'a bundle of a version that came later',
    outcome: 'nothing',
    code: 'bundle.version',
    words: /a bundle of version 3; this program knows 1 and 2: upgrade it/,
    make: onPart(undefined, (bundle) => edit(bundle, manifestPath, (text) => text.replace('"v": 1', '"v": 3'))),
  },
];
