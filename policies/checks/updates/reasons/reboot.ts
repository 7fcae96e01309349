import type { Catalogue } from '../../../reasons.ts';

export const rebootReasons = {
  'updates.reboot-required': {
    verdict: 'fail',
    en: 'the host asks for a reboot (/run/reboot-required)',
    nl: 'de host vraagt om een herstart (/run/reboot-required)',
  },
  'updates.reboot-asked': {
    verdict: 'fail',
    en: 'a reboot is due: {asking}',
    nl: 'een herstart is nodig: {asking}',
  },
  'updates.kernel-current': {
    verdict: 'pass',
    en: 'the running kernel {running} is the newest that is installed',
    nl: 'de draaiende kernel {running} is de nieuwste die geïnstalleerd is',
  },
  'updates.kernel-outdated': {
    verdict: 'fail',
    en: 'kernel {running} runs while {newest} ({version}) is installed; reboot',
    nl: 'kernel {running} draait terwijl {newest} ({version}) geïnstalleerd is; herstart',
  },
  'updates.kernel-rebuilt': {
    verdict: 'fail',
    en: 'kernel {running} runs as build {build} while {version} is installed; reboot',
    nl: 'kernel {running} draait als build {build} terwijl {version} geïnstalleerd is; herstart',
  },
  'updates.kernel-live-patched': {
    verdict: 'unknown',
    en: 'kernel {running} runs while {newest} ({version}) is installed; live patches are loaded ({patches}), and nobody can tell whether they cover all that it mends',
    nl: 'kernel {running} draait terwijl {newest} ({version}) geïnstalleerd is; er zijn live-patches geladen ({patches}), en niemand weet of die alles dekken wat hij herstelt',
  },
  'updates.kernel-foreign': {
    verdict: 'unknown',
    en: 'the running kernel {running} comes from none of the installed kernel packages, so nobody can tell whether it is current',
    nl: 'de draaiende kernel {running} komt uit geen van de geïnstalleerde kernelpakketten; niemand weet of hij actueel is',
  },
  'updates.kernel-not-ours': {
    verdict: 'not-applicable',
    en: 'no kernel package is installed: kernel {running} is provided from outside, as for a container, and must be judged there',
    nl: 'er is geen kernelpakket geïnstalleerd: kernel {running} komt van buiten, zoals bij een container, en moet daar beoordeeld worden',
  },
} as const satisfies Catalogue;
