import { assembled } from '../course.ts';
import { controlKey } from '../contents.ts';
import type { Course, ReportedOrganisation, Scope } from '../model.ts';
import type { Waivers } from '../waivers.ts';
import { describeAttestations, describeCases } from './acts.ts';
import { describeSamples } from './samples.ts';
import { kindOfCases, type Replay } from './replay.ts';
import { describeRegisters } from './registers.ts';
import type { Track } from './track.ts';
import type { Written } from './written.ts';

/** The course of each of the organisation's own controls that it was asked in the period, by `controlKey`. */
export function organisationCourses(
  { tracks, input }: Replay,
  { policies }: Pick<Scope, 'policies'>,
  waivers: Waivers,
): Map<string, Course> {
  const courses = new Map<string, Course>();
  for (const track of tracks.values()) {
    const { policy, control, held } = track;
    if (policies?.includes(policy) === false) continue;
    const stands = input.hasAllActs ? track.stands : withoutActs(track);
    const course = assembled(
      stands,
      waivers.of({ policy, control, host: null }, () => held),
    );
    if (course.spans.some(({ state }) => state !== 'not-asked')) courses.set(controlKey(track), course);
  }
  return courses;
}

/**
 * Where the evidence leaves entries out, an act may be among them: one that opened a case, or took a statement back. So
 * nothing that the others show can be relied on.
 */
function withoutActs({ stands }: Track): Track['stands'] {
  return stands.map(({ from, until, lastAt }) => {
    return { from, until, lastAt, state: 'missing', begun: null, ended: null, reasons: [] };
  });
}

export function describeOrganisation(
  replay: Replay,
  { policies }: Pick<Scope, 'policies'>,
  written: Written,
): ReportedOrganisation {
  const { organisation, input, tracks } = replay;
  const isInScope = ({ policy }: { readonly policy: string }): boolean => policies?.includes(policy) ?? true;
  const asked = [...tracks.values()].filter(isInScope).flatMap(({ policy, definition }) => {
    return definition === undefined ? [] : [{ policy, definition }];
  });
  const about = { organisation, acts: input.acts, written, period: input, controls: asked };
  const kinds = new Set(asked.map(({ definition }) => kindOfCases(definition)));
  const unread = replay.followedIn(input).filter(({ digest }) => input.document(digest) === undefined);
  return {
    missing: unread.filter(isInScope).map(({ policy, version, digest }) => ({ policy, version, digest })),
    attestations: describeAttestations(about).filter(isInScope),
    samples: describeSamples(
      about,
      organisation.follows.filter(isInScope).flatMap(({ digest }) => input.document(digest) ?? []),
    ),
    registers: describeRegisters(about),
    cases: describeCases(about).filter(({ of }) => policies === null || kinds.has(of)),
  };
}
