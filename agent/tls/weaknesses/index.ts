import {
  weaknessNames,
  type Answer,
  type SuiteScan,
  type Versions,
  type WeaknessName,
  type Weaknesses,
} from '../../../policies/checks/tls/profile.ts';
import type { Line } from '../dial.ts';
import { ccsInjection } from './ccs-injection.ts';
import { clientRenegotiation } from './client-renegotiation.ts';
import { findGround, type KnownHello, type Probe } from './ground.ts';
import { heartbleed } from './heartbleed.ts';
import { insecureRenegotiation } from './insecure-renegotiation.ts';
import { paddingOracles, type PaddingWeakness } from './padding-oracles.ts';
import { robot } from './robot.ts';
import { ticketbleed } from './ticketbleed.ts';

/** One probe a weakness; those of the padding share their connections. */
const probes: Record<Exclude<WeaknessName, PaddingWeakness>, Probe> = {
  heartbleed,
  'ccs-injection': ccsInjection,
  ticketbleed,
  robot,
  'insecure-renegotiation': insecureRenegotiation,
  'client-renegotiation': clientRenegotiation,
};

/**
 * Asks for weaknesses that only show when they are touched (docs/tls/weaknesses.md). One connection at a time, each within
 * the line's deadlines; about fifteen where nothing is wrong, none where TLS 1.3 alone is spoken. Never throws for what
 * the server does.
 * @param known what scans of the suites found; where they are complete, questions that cannot apply are not asked
 */
export async function probeWeaknesses(
  line: Line,
  versions: Versions,
  known: { readonly suites: readonly SuiteScan[]; readonly hello?: KnownHello | undefined },
): Promise<Weaknesses> {
  const ground = await findGround(line, versions, known.suites, known.hello);
  if ('all' in ground) {
    return Object.fromEntries(weaknessNames.map((name) => [name, ground.all])) as Weaknesses;
  }
  const answers: Record<string, Answer> = {};
  for (const [name, probe] of Object.entries(probes)) answers[name] = await probe(ground);
  Object.assign(answers, await paddingOracles(ground));
  return Object.fromEntries(weaknessNames.map((name) => [name, answers[name]])) as Weaknesses;
}
