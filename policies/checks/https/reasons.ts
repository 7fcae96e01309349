import type { Catalogue } from '../../reasons.ts';
import { endpointReasons } from '../endpoints.ts';

export const httpsReasons = {
  'https.redirects': {
    verdict: 'pass',
    en: 'leads from plain HTTP to {location}',
    nl: 'leidt van gewoon HTTP naar {location}',
  },
  'https.refuses': {
    verdict: 'pass',
    en: 'serves nothing over plain HTTP (answers {answer})',
    nl: 'bedient niets over gewoon HTTP (antwoordt {answer})',
  },
  'https.allowed': {
    verdict: 'pass',
    en: 'answers {answer} over plain HTTP, which the policy allows here',
    nl: 'antwoordt {answer} over gewoon HTTP, wat het beleid hier toestaat',
  },
  'https.plain-content': {
    verdict: 'fail',
    en: 'answers {answer} over plain HTTP at {url}; expected a redirect to HTTPS',
    nl: 'antwoordt {answer} over gewoon HTTP op {url}; verwacht werd een verwijzing naar HTTPS',
  },
  'https.stays-plain': {
    verdict: 'fail',
    en: 'leads from plain HTTP to {url}, which is not encrypted either',
    nl: 'leidt van gewoon HTTP naar {url}, dat ook niet versleuteld is',
  },
  'https.no-target': {
    verdict: 'fail',
    en: 'leads from plain HTTP to {url}, where no HTTPS answers',
    nl: 'leidt van gewoon HTTP naar {url}, waar geen HTTPS antwoordt',
  },
  'https.unclear': {
    verdict: 'unknown',
    en: 'gave no clear answer at {url} ({why})',
    nl: 'gaf geen duidelijk antwoord op {url} ({why})',
  },
  'https.silent-socket': {
    verdict: 'unknown',
    en: 'listens and answers neither plain HTTP nor HTTPS ({why}); if it is no web service, declare it in agent.yaml with "tls: none"',
    nl: 'luistert en antwoordt op gewoon HTTP noch HTTPS ({why}); is het geen webdienst, geef het in agent.yaml dan op met "tls: none"',
  },
  'https.loopback': {
    verdict: 'not-applicable',
    en: 'answers plain HTTP to this host alone',
    nl: 'antwoordt over gewoon HTTP alleen aan deze host zelf',
  },
  'https.serves': {
    verdict: 'pass',
    en: 'answers {answer} over HTTPS',
    nl: 'antwoordt {answer} over HTTPS',
  },
  'https.hsts': {
    verdict: 'pass',
    en: 'tells browsers to use HTTPS only, for {maxAge|duration} (Strict-Transport-Security: {value})',
    nl: 'zegt browsers {maxAge|duration} lang alleen HTTPS te gebruiken (Strict-Transport-Security: {value})',
  },
  'https.hsts-absent': {
    verdict: 'fail',
    en: 'sends no Strict-Transport-Security header',
    nl: 'stuurt geen header Strict-Transport-Security',
  },
  'https.hsts-invalid': {
    verdict: 'fail',
    en: 'sends a Strict-Transport-Security header that browsers pass over: {value}',
    nl: 'stuurt een header Strict-Transport-Security die browsers overslaan: {value}',
  },
  'https.hsts-off': {
    verdict: 'fail',
    en: 'tells browsers to forget that it wants HTTPS (Strict-Transport-Security with max-age=0)',
    nl: 'zegt browsers te vergeten dat het HTTPS wil (Strict-Transport-Security met max-age=0)',
  },
  'https.hsts-short': {
    verdict: 'fail',
    en: 'tells browsers to use HTTPS for {maxAge|duration} only; expected at least {minimum|duration}',
    nl: 'zegt browsers maar {maxAge|duration} lang HTTPS te gebruiken; verwacht werd minstens {minimum|duration}',
  },
  'https.hsts-subdomains': {
    verdict: 'fail',
    en: 'leaves out its subdomains in Strict-Transport-Security; expected includeSubDomains',
    nl: 'laat in Strict-Transport-Security zijn subdomeinen weg; verwacht werd includeSubDomains',
  },
  'https.none': {
    verdict: 'not-applicable',
    en: 'no web service was found on this host',
    nl: 'er is op deze host geen webdienst gevonden',
  },
  ...endpointReasons,
} as const satisfies Catalogue;
