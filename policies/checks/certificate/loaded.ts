import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { obstacleReason, readingOf } from '../../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../../reasons.ts';
import { endpointSubject } from '../endpoints.ts';

/** The first certificate of a file that a server's configuration names, or agent.yaml for it. */
export const NamedCertificate = z.strictObject({
  endpoint: z.string().max(300),
  /** For which name it is served; left out: for whoever gives none. */
  name: z.string().max(253).optional(),
  path: z.string().max(1000),
  file: readingOf(
    z.strictObject({
      fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
      notBefore: Moment,
      /** Of its key: a server may hold one certificate for each. */
      keyKind: z.string().max(20),
      /** Of the file: when it was last written. */
      modifiedAt: Moment,
    }),
  ),
});
export type NamedCertificate = z.output<typeof NamedCertificate>;

export const loadedReasons = {
  'certificate.not-loaded': {
    verdict: 'fail',
    en: '{path} was renewed on {modifiedAt|day}, but the service still serves an older certificate: reload it',
    nl: '{path} is vernieuwd op {modifiedAt|day}, maar de dienst gebruikt nog een ouder certificaat: herlaad de dienst',
  },
  'certificate.not-served': {
    verdict: 'unknown',
    en: 'the certificate of {path} was not seen here, and what is served is not older; see whether the configuration that names it is the one in use',
    nl: 'het certificaat van {path} is hier niet gezien, en wat gebruikt wordt is niet ouder; ga na of de configuratie die het noemt in gebruik is',
  },
  'certificate.loaded': {
    verdict: 'pass',
    en: 'serves the certificate of {path}',
    nl: 'gebruikt het certificaat van {path}',
  },
  'certificate.no-file': {
    verdict: 'unknown',
    en: 'which file holds the certificate served here is not known; declare it in agent.yaml ("certificateFile")',
    nl: 'welk bestand het certificaat bevat dat hier gebruikt wordt is niet bekend; geef het op in agent.yaml ("certificateFile")',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(loadedReasons);

export interface ServedHere {
  readonly endpoint: string;
  readonly name?: string | undefined;
  readonly leaves: readonly Leaf[];
  /** Whether nothing else can be served. */
  readonly isWhole: boolean;
}

interface Leaf {
  readonly fingerprint: string;
  readonly notBefore: string;
  readonly key: { readonly kind: string };
}

/** Whether what one endpoint serves for one name is what the files named for it hold. */
export function judgeLoaded(served: ServedHere, named: readonly NamedCertificate[]): Reason[] {
  const subject = endpointSubject(served);
  const own = named.filter(({ endpoint, name }) => endpoint === served.endpoint && name === served.name);
  if (own.length === 0) return [because('certificate.no-file', {}, subject)];
  return own.map(({ path, file }) => {
    if (file.state === 'unreadable') return obstacleReason(file.obstacle, subject);
    const { fingerprint, notBefore, keyKind, modifiedAt } = file.value;
    if (served.leaves.some((leaf) => leaf.fingerprint === fingerprint)) {
      return because('certificate.loaded', { path }, subject);
    }
    const ofKind = served.leaves.filter(({ key }) => key.kind === keyKind);
    const replaced = ofKind.length > 0 ? ofKind : served.leaves;
    const isRenewed = served.isWhole && replaced.length > 0 && replaced.every((leaf) => leaf.notBefore < notBefore);
    if (isRenewed) return because('certificate.not-loaded', { path, modifiedAt }, subject);
    return because('certificate.not-served', { path }, subject);
  });
}
