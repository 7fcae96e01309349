import type { Release, Repository } from './facts.ts';

/** A repository that a distribution's own updates come from. */
export interface Expected {
  /** As people know it. */
  readonly name: string;
  /** Whether an id or a name is that repository's; mirrors of one's own keep the vendor's word in it. */
  readonly pattern: RegExp;
}

const baseAndStreams: readonly Expected[] = [
  { name: 'BaseOS', pattern: /baseos/i },
  { name: 'AppStream', pattern: /app-?stream/i },
];
const updatesAlone: readonly Expected[] = [{ name: 'updates', pattern: /\bupdates?\b/i }];

const byDistribution: Readonly<Record<string, readonly Expected[]>> = {
  almalinux: baseAndStreams,
  rocky: baseAndStreams,
  centos: baseAndStreams,
  rhel: baseAndStreams,
  ol: baseAndStreams,
  eurolinux: baseAndStreams,
  fedora: updatesAlone,
  amzn: [{ name: 'amazonlinux', pattern: /amazonlinux|amzn2-core/i }],
  'opensuse-leap': updatesAlone,
  sles: updatesAlone,
  sles_sap: updatesAlone,
};

/** The repositories without which a release gets no updates; undefined where nobody told about the distribution. */
export function expectedRepositories({ id, versionId }: Release): readonly Expected[] | undefined {
  if (id === 'alpine') {
    const [branch] = /^\d+\.\d+/.exec(versionId ?? '') ?? [];
    // A pinned branch of an older release gives nothing new, which must not look like being up to date.
    return branch === undefined
      ? undefined
      : [{ name: `v${branch}/main`, pattern: RegExp(`^v${branch.replace('.', '\\.')}/main$`) }];
  }
  // Leap 16 has its updates in the main repository.
  if (id === 'opensuse-leap' && Number.parseInt(versionId ?? '') >= 16)
    return [{ name: 'repo-oss', pattern: /\boss\b/i }];
  return Object.hasOwn(byDistribution, id) ? byDistribution[id] : undefined;
}

export function matches({ id, name }: Pick<Repository, 'id' | 'name'>, { pattern }: Expected): boolean {
  return pattern.test(id) || pattern.test(name);
}

/** Whether the distribution's own updates come from a repository. */
export function isOfVendor(repository: Pick<Repository, 'id' | 'name'>, release: Release): boolean {
  return expectedRepositories(release)?.some((one) => matches(repository, one)) ?? false;
}
