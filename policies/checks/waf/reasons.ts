import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const wafReasons = {
  ...obstacleReasons,
  'waf.engine-on': {
    verdict: 'pass',
    en: 'by the configuration of {software} the engine is on with {rules} rules, core rule set {version}; taken out: {removed}',
    nl: 'volgens de instellingen van {software} staat de motor aan met {rules} regels, core rule set {version}; eruit gehaald: {removed}',
  },
  'waf.engine-off': {
    verdict: 'fail',
    en: 'by the configuration of {software} no engine is on for this site',
    nl: 'volgens de instellingen van {software} staat voor deze site geen motor aan',
  },
  'waf.gives-nothing': {
    verdict: 'not-applicable',
    en: 'by the configuration of {software} every request to this site is answered with a redirect or a status',
    nl: 'volgens de instellingen van {software} wordt elk verzoek aan deze site beantwoord met een doorverwijzing of een status',
  },
  'waf.detection-only': {
    verdict: 'fail',
    en: 'by the configuration of {software} the engine only notes attacks (DetectionOnly) and refuses nothing',
    nl: 'volgens de instellingen van {software} noteert de motor aanvallen alleen (DetectionOnly) en weigert niets',
  },
  'waf.exception': {
    verdict: 'fail',
    en: '{where} has the engine on {engine}; if that is wanted, list its path as waf.exceptions in agent.yaml',
    nl: '{where} heeft de motor op {engine}; is dat gewild, noem het pad dan als waf.exceptions in agent.yaml',
  },
  'waf.exception-listed': {
    verdict: 'pass',
    en: '{where} has the engine on {engine}, as agent.yaml lists',
    nl: '{where} heeft de motor op {engine}, zoals agent.yaml noemt',
  },
  'waf.conditional': {
    verdict: 'unknown',
    en: '{count} rules switch the engine off for some requests; which ones these are cannot be read',
    nl: '{count} regels zetten de motor voor sommige verzoeken uit; voor welke is niet te lezen',
  },
  'waf.no-core-rules': {
    verdict: 'fail',
    en: 'the engine is on with {rules} rules, and the core rule set is not among them',
    nl: 'de motor staat aan met {rules} regels, en de core rule set is daar niet bij',
  },
  'waf.core-rules-old': {
    verdict: 'fail',
    en: 'the core rule set is version {version}; at least {minimum} is expected',
    nl: 'de core rule set is versie {version}; verwacht: minstens {minimum}',
  },
  'waf.rules-removed': {
    verdict: 'fail',
    en: 'whole families of rules are taken out again: {removed}',
    nl: 'hele families van regels zijn er weer uit gehaald: {removed}',
  },
  'waf.threshold': {
    verdict: 'fail',
    en: 'the core rule set refuses from a score of {threshold} on, which no attack reaches; at most {maximum} is expected (its own is 5)',
    nl: 'de core rule set weigert pas vanaf score {threshold}, en die haalt geen aanval; verwacht: hoogstens {maximum} (zelf gebruikt hij 5)',
  },
  'waf.no-sites': {
    verdict: 'not-applicable',
    en: '{software} is configured for no site',
    nl: '{software} is voor geen site ingesteld',
  },
  'waf.no-web-server': {
    verdict: 'not-applicable',
    en: 'no web server listens on this host',
    nl: 'op deze host luistert geen webserver',
  },
  'waf.not-readable': {
    verdict: 'unknown',
    en: 'the configuration of {program} is not read; only a probe can show whether it has a firewall for web applications',
    nl: 'de instellingen van {program} worden niet gelezen; alleen een proef kan laten zien of er een firewall voor webapplicaties is',
  },
  'waf.refused': {
    verdict: 'pass',
    en: 'at {address} an obvious attack is refused ({answer}), and the same page without it is answered with {status}',
    nl: 'op {address} wordt een duidelijke aanval geweigerd ({answer}), en dezelfde pagina zonder aanval beantwoord met {status}',
  },
  'waf.answered': {
    verdict: 'fail',
    en: 'at {address} an obvious attack is answered with {answer}; one of {refusals} is expected',
    nl: 'op {address} wordt een duidelijke aanval beantwoord met {answer}; verwacht: een van {refusals}',
  },
  'waf.probe-unclear': {
    verdict: 'unknown',
    en: 'at {address} the page is answered with {plain} already without an attack (with one: {answer}), which shows nothing',
    nl: 'op {address} wordt de pagina al zonder aanval beantwoord met {plain} (met: {answer}), en dat laat niets zien',
  },
  'waf.leads-away': {
    verdict: 'not-applicable',
    en: 'at {address} there is only a redirect to elsewhere ({status})',
    nl: 'op {address} staat alleen een doorverwijzing naar elders ({status})',
  },
  'waf.probe-not-allowed': {
    verdict: 'unknown',
    en: 'nobody tried: set waf.probe to true in agent.yaml, and the agent asks each site for one page with and without an obvious, harmless attack',
    nl: 'niemand heeft het geprobeerd: zet waf.probe op true in agent.yaml, dan vraagt de agent elke site één pagina met en zonder een duidelijke, onschadelijke aanval',
  },
  'waf.probes-left': {
    verdict: 'unknown',
    en: '{count} sites were not tried because there are too many',
    nl: '{count} sites zijn niet geprobeerd omdat het er te veel zijn',
  },
  'waf.nothing-to-probe': {
    verdict: 'not-applicable',
    en: 'nothing on this host speaks HTTP',
    nl: 'niets op deze host spreekt HTTP',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(wafReasons);
