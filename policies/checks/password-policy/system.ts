import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { isForetold } from './change.ts';
import { isVersionFrom } from './demand.ts';
import { effectOf, type Effect } from './effect.ts';
import type { PamFacts, Service, SystemFacts } from './facts.ts';
import { judgeLockout } from './lockout.ts';
import { directoryModules, uncertainModules } from './modules.ts';
import type { PamStack } from './pam-rules.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import { requirementsOf } from './requirement.ts';
import { judgeSamples } from './samples.ts';
import { judgeDemand } from './verdicts.ts';

/** Programs that only root may run to set passwords; all others are run by, or for, the account itself. */
const rootServices: readonly string[] = ['chpasswd', 'newusers'];

export function judgeSystem(system: SystemFacts, parameters: Parameters): Reason[] {
  if (system.state === 'no-pam') return [because('password-policy.no-pam', {})];
  return [
    ...(requirementsOf(parameters).length > 0 ? judgeStrength(system, parameters) : []),
    ...(parameters.lockout === undefined ? [] : judgeLockout(system, parameters.lockout)),
  ];
}

function judgeStrength(pam: PamFacts, parameters: Parameters): Reason[] {
  const modules = new Set(pam.services.flatMap(({ password }) => modulesOf(password)));
  const blind = judgeSettings(pam, modules);
  // What rests on settings that could not be read would be a guess.
  const services = blind.length > 0 ? [] : pam.services.flatMap((service) => judgeService(service, pam, parameters));
  const sets = services.some(({ verdict }) => verdict !== 'not-applicable');
  return [
    ...blind,
    ...services,
    ...(blind.length === 0 && !sets ? [because('password-policy.no-way', {})] : []),
    ...directoryModules
      .filter((module) => modules.has(module))
      .map((module) => because('password-policy.directory', { module })),
    ...(modules.has('pam_pwquality') ? judgeSamples(pam) : []),
  ];
}

function modulesOf(password: Service['password']): string[] {
  if (password.state === 'unreadable') return [];
  return password.value.flatMap((rule) => (rule.kind === 'module' ? [rule.module] : []));
}

/** What keeps the settings of the stacks' modules from being known. */
function judgeSettings(pam: PamFacts, modules: ReadonlySet<string>): Reason[] {
  const asksPwquality = modules.has('pam_pwquality');
  const needed = [
    ...(asksPwquality ? [pam.pwquality] : []),
    ...(modules.has('pam_pwhistory') ? [pam.pwhistory] : []),
    ...(asksPwquality || modules.has('pam_pwhistory') ? [pam.versions] : []),
  ];
  const unread = needed.flatMap((reading) =>
    reading?.state === 'unreadable' ? [obstacleReason(reading.obstacle)] : [],
  );
  const stopped = asksPwquality && pam.pwquality?.state === 'read' ? pam.pwquality.value.stopped : null;
  const version = pam.versions.state === 'read' ? (pam.versions.value.pwquality ?? '?') : undefined;
  const isOld = asksPwquality && version !== undefined && !isVersionFrom(version, [1, 4]);
  return [
    ...unread,
    ...(stopped === null ? [] : [because('password-policy.settings-stopped', stopped)]),
    ...(isOld ? [because('password-policy.pwquality-version', { version })] : []),
  ];
}

function judgeService({ service, password }: Service, pam: PamFacts, parameters: Parameters): Reason[] {
  const subject = `/etc/pam.d/${service}`;
  if (password.state === 'unreadable') return [obstacleReason(password.obstacle, subject)];
  const stack = password.value;
  const other = stack.find((rule) => rule.kind === 'module' && rule.options.conf === true);
  if (other?.kind === 'module') return [because('password-policy.other-file', { module: other.module }, subject)];
  const byUser = effectOf(stack, 'user', pam);
  if (!rootServices.includes(service)) {
    const judged = judgeEffect(byUser, { stack, parameters, subject });
    // Those that log in with a password that has run out are held to what their own service asks, whoever runs it.
    const isForRoot = service === 'passwd' && parameters.forRoot;
    return isForRoot ? [...judged, ...judgeExempt(exemptions(stack, byUser, pam, parameters), subject)] : judged;
  }
  if (!parameters.forRoot) return [because('password-policy.root-only', {}, subject)];
  const exempt = exemptions(stack, byUser, pam, parameters);
  return [
    ...judgeEffect(effectOf(stack, 'root', pam), { stack, parameters, subject, leftOut: exempt }),
    ...judgeExempt(exempt, subject),
  ];
}

interface Judged {
  readonly stack: PamStack;
  readonly parameters: Parameters;
  readonly subject: string;
  /** Requirements, by name, that are told of elsewhere. */
  readonly leftOut?: readonly string[];
}

function judgeEffect(effect: Effect, { stack, parameters, subject, leftOut = [] }: Judged): Reason[] {
  if (effect.state === 'sets-nothing') return [because('password-policy.sets-nothing', {}, subject)];
  const modules = uncertainModules(stack, isForetold).join(', ');
  if (effect.state === 'too-many-ways') return [because('password-policy.too-many-ways', { modules }, subject)];
  const uncertain = requirementsOf(parameters)
    .filter(({ isMetBy }) => !isMetBy(effect.always) && isMetBy(effect.sometimes))
    .map(({ name }) => name)
    .filter((name) => !leftOut.includes(name));
  return [
    ...(uncertain.length > 0
      ? [because('password-policy.depends', { demands: uncertain.join(', '), modules }, subject)]
      : []),
    ...judgeDemand(effect.always, parameters, subject, [...leftOut, ...uncertain]),
  ];
}

/** What root is not held to, of what others are. */
function exemptions(stack: PamStack, byUser: Effect, pam: PamFacts, parameters: Parameters): string[] {
  const told = openNames(byUser, parameters);
  return openNames(effectOf(stack, 'root', pam), parameters).filter((name) => !told.includes(name));
}

function judgeExempt(names: readonly string[], subject: string): Reason[] {
  return names.length > 0 ? [because('password-policy.root-exempt', { demands: names.join(', ') }, subject)] : [];
}

/** The requirements that are not always asked. */
function openNames(effect: Effect, parameters: Parameters): string[] {
  if (effect.state !== 'asks') return [];
  return requirementsOf(parameters)
    .filter(({ isMetBy }) => !isMetBy(effect.always))
    .map(({ name }) => name);
}
