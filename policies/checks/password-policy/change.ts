import { dispatch } from './dispatch.ts';
import { isSilent, type Answers } from './modules.ts';
import type { ModuleRule, PamStack, ReturnCode } from './pam-rules.ts';

/** Who sets a password: its owner, who has to know the old one, or root. */
export type Caller = 'user' | 'root';

/** Modules whose answer to a password's change is known. */
const foretold: readonly string[] = [
  'pam_unix',
  'pam_pwquality',
  'pam_cracklib',
  'pam_passwdqc',
  'pam_pwhistory',
  'pam_deny',
  'pam_permit',
  'pam_warn',
  // Only the passwords of local accounts are judged.
  'pam_localuser',
];

export function isForetold({ module }: ModuleRule): boolean {
  return foretold.includes(module);
}

/**
 * Whether a stack stores a password of this host's own files (pam_unix), by the two walks of pam_chauthtok(3). What it
 * answers in the end does not matter: where a module after the refusal asks anew, the password is stored all the same.
 * @param refuses whether a rule refuses the password, to this caller
 * @param answers of the modules whose answer cannot be foretold
 */
export function stores(stack: PamStack, refuses: (rule: ModuleRule) => boolean, answers: Answers): boolean {
  // The first walk asks for the old password, and whether a change is possible at all.
  const isPossible = dispatch(stack, (rule, index) => firstAnswer(rule, answers.get(index))) === 'success';
  if (!isPossible) return false;
  let isAsked = false;
  let isStored = false;
  dispatch(stack, (rule, index) => {
    const fixed = fixedAnswer(rule, answers.get(index));
    if (fixed !== undefined) {
      // A module that is not known may ask for the password, and leave it to those that follow.
      if (fixed === 'success' && !isForetold(rule) && !isSilent(rule) && !takesGiven(rule)) isAsked = true;
      return fixed;
    }
    if (remembersNothing(rule)) return 'ignore';
    if (!isAsked && takesGiven(rule)) return 'authtok_err';
    if (refuses(rule)) {
      isAsked = false;
      return refusal(rule);
    }
    isAsked = true;
    if (rule.module === 'pam_unix') isStored = true;
    return 'success';
  });
  return isStored;
}

function firstAnswer(rule: ModuleRule, answer: ReturnCode | undefined): ReturnCode {
  return fixedAnswer(rule, answer) ?? (remembersNothing(rule) ? 'ignore' : 'success');
}

/** Undefined for those that ask for a password, or look at it. */
function fixedAnswer(rule: ModuleRule, answer: ReturnCode | undefined): ReturnCode | undefined {
  switch (rule.module) {
    case 'pam_deny':
      return 'authtok_err';
    case 'pam_permit':
    case 'pam_localuser':
      return 'success';
    case 'pam_warn':
      return 'ignore';
    default:
      return isForetold(rule) ? undefined : (answer ?? 'module_unknown');
  }
}

/** Whether it asks nobody, and takes only a password that a module before it asked for (pam_unix(8), pam_get_authtok(3)). */
function takesGiven({ options }: ModuleRule): boolean {
  return options.use_authtok === true || options.use_first_pass === true;
}

/** pam_pwhistory(8) with `remember=0` stands aside. */
function remembersNothing({ module, options }: ModuleRule): boolean {
  return module === 'pam_pwhistory' && options.remember === 0;
}

function refusal({ module, options }: ModuleRule): ReturnCode {
  const tries = typeof options.retry === 'number' ? options.retry : 1;
  const isLasting = module === 'pam_pwhistory' || (['pam_pwquality', 'pam_cracklib'].includes(module) && tries > 1);
  return isLasting ? 'maxtries' : 'authtok_err';
}
