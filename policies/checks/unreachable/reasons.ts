import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const unreachableReasons = {
  ...obstacleReasons,
  'unreachable.none-set': {
    verdict: 'unknown',
    en: 'nobody said what must not be reached from here; list it as unreachable.targets in agent.yaml',
    nl: 'er is niet gezegd wat vanaf hier niet bereikbaar mag zijn; noem het als unreachable.targets in agent.yaml',
  },
  'unreachable.closed': {
    verdict: 'pass',
    en: 'no connection to {address}: {outcome}; {control} answered before and after',
    nl: 'geen verbinding met {address}: {outcome}; {control} antwoordde ervoor en erna',
  },
  'unreachable.turned-away': {
    verdict: 'pass',
    en: '{address} turns away with status {status}',
    nl: '{address} weigert met status {status}',
  },
  'unreachable.connected': {
    verdict: 'fail',
    en: '{address} takes connections from here; expected none',
    nl: '{address} neemt vanaf hier verbindingen aan; verwacht: geen',
  },
  'unreachable.answers': {
    verdict: 'fail',
    en: '{address} answers with status {status}; expected no connection, or one of: {refusals}',
    nl: '{address} antwoordt met status {status}; verwacht: geen verbinding, of een van: {refusals}',
  },
  'unreachable.answer-unclear': {
    verdict: 'unknown',
    en: '{address} takes connections from here, and gave no answer of HTTP',
    nl: '{address} neemt vanaf hier verbindingen aan, en gaf geen antwoord van HTTP',
  },
  'unreachable.failed': {
    verdict: 'unknown',
    en: '{address} could not be tried from here: {detail}',
    nl: '{address} kon vanaf hier niet geprobeerd worden: {detail}',
  },
  'unreachable.not-outside': {
    verdict: 'unknown',
    en: '{address} is an address of this host itself; it must be tried from another',
    nl: '{address} is een adres van deze host zelf; het moet vanaf een andere geprobeerd worden',
  },
  'unreachable.controls-not-set': {
    verdict: 'unknown',
    en: 'no connection to {address}, but nothing shows that there is a network here: name something that always answers as unreachable.controls in agent.yaml',
    nl: 'geen verbinding met {address}, maar niets laat zien dat hier een netwerk is: noem iets dat altijd antwoordt als unreachable.controls in agent.yaml',
  },
  'unreachable.no-network': {
    verdict: 'unknown',
    en: 'no connection to {address}, but no control of its kind ({kind}) answered both before and after: there may be no network here',
    nl: 'geen verbinding met {address}, maar geen controledoel van die soort ({kind}) antwoordde zowel ervoor als erna: misschien is hier geen netwerk',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(unreachableReasons);
