import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const httpRestrictionReasons = {
  ...obstacleReasons,
  'http-restriction.sites-not-set': {
    verdict: 'unknown',
    en: 'nobody said which sites are to be tried from here; list them as httpRestriction.sites in agent.yaml, on a host whose address is not allowed in',
    nl: 'er is niet gezegd welke sites vanaf hier geprobeerd moeten worden; noem ze als httpRestriction.sites in agent.yaml, op een host waarvan het adres niet is toegelaten',
  },
  'http-restriction.paths-not-set': {
    verdict: 'unknown',
    en: 'nobody said which paths must refuse strangers; list them as httpRestriction.paths in agent.yaml',
    nl: 'er is niet gezegd welke paden vreemden moeten weigeren; noem ze als httpRestriction.paths in agent.yaml',
  },
  'http-restriction.agents-not-set': {
    verdict: 'unknown',
    en: 'nobody said which bots must be turned away; list them as httpRestriction.userAgents in agent.yaml',
    nl: 'er is niet gezegd welke bots geweerd moeten worden; noem ze als httpRestriction.userAgents in agent.yaml',
  },
  'http-restriction.not-outside': {
    verdict: 'unknown',
    en: '{address} is an address of this host itself, which the site may let in; it must be tried from another',
    nl: '{address} is een adres van deze host zelf, en dat kan de site toelaten; het moet vanaf een andere geprobeerd worden',
  },
  'http-restriction.front-unclear': {
    verdict: 'unknown',
    en: '{address} does not serve its front page to an ordinary visitor either ({answer}), so a refusal shows nothing',
    nl: '{address} geeft ook een gewone bezoeker de voorpagina niet ({answer}), dus een weigering laat niets zien',
  },
  'http-restriction.path-refused': {
    verdict: 'pass',
    en: '{address} refuses {path} to strangers ({answer}), and serves its front page ({front})',
    nl: '{address} weigert {path} aan vreemden ({answer}), en geeft de voorpagina wel ({front})',
  },
  'http-restriction.path-answered': {
    verdict: 'fail',
    en: '{address} answers {path} to a stranger with {answer}; one of {refusals}, or no answer, is expected',
    nl: '{address} beantwoordt {path} voor een vreemde met {answer}; verwacht: een van {refusals}, of geen antwoord',
  },
  'http-restriction.path-like-any': {
    verdict: 'unknown',
    en: '{address} answers {path} with {answer}, and a page that does not exist as well: what is behind it cannot be told',
    nl: '{address} beantwoordt {path} met {answer}, en een pagina die niet bestaat ook: wat erachter zit is niet te zeggen',
  },
  'http-restriction.path-unclear': {
    verdict: 'unknown',
    en: '{address} answers {path} with {answer}, which is no refusal and no page',
    nl: '{address} beantwoordt {path} met {answer}, en dat is geen weigering en geen pagina',
  },
  'http-restriction.agent-refused': {
    verdict: 'pass',
    en: '{address} turns "{agent}" away ({answer}), and serves an ordinary visitor ({front})',
    nl: '{address} weert "{agent}" ({answer}), en bedient een gewone bezoeker ({front})',
  },
  'http-restriction.agent-served': {
    verdict: 'fail',
    en: '{address} serves "{agent}" with {answer}; one of {refusals}, or no answer, is expected',
    nl: '{address} bedient "{agent}" met {answer}; verwacht: een van {refusals}, of geen antwoord',
  },
  'http-restriction.agent-unclear': {
    verdict: 'unknown',
    en: '{address} answers "{agent}" with {answer}, which is no refusal and no page',
    nl: '{address} beantwoordt "{agent}" met {answer}, en dat is geen weigering en geen pagina',
  },
  'http-restriction.upload-safe': {
    verdict: 'pass',
    en: 'by the configuration of {software} for {site} no script in this folder is executed ({by})',
    nl: 'volgens de instellingen van {software} voor {site} wordt in deze map geen script uitgevoerd ({by})',
  },
  'http-restriction.upload-htaccess': {
    verdict: 'pass',
    en: 'by the configuration of {software} for {site} no script in this folder is executed ({by}); who can write .htaccess there can change that',
    nl: 'volgens de instellingen van {software} voor {site} wordt in deze map geen script uitgevoerd ({by}); wie daar .htaccess kan schrijven kan dat veranderen',
  },
  'http-restriction.upload-executes': {
    verdict: 'fail',
    en: 'by the configuration of {software} for {site} a file such as {file} in this folder is executed ({by})',
    nl: 'volgens de instellingen van {software} voor {site} wordt een bestand als {file} in deze map uitgevoerd ({by})',
  },
  'http-restriction.upload-unclear': {
    verdict: 'unknown',
    en: 'what {software} does for {site} with a file such as {file} in this folder cannot be told ({by})',
    nl: 'wat {software} voor {site} met een bestand als {file} in deze map doet is niet te zeggen ({by})',
  },
  'http-restriction.upload-reaches-php': {
    verdict: 'fail',
    en: 'a request for a script in this folder that is not there is answered by PHP: one that is there is executed',
    nl: 'een verzoek om een script in deze map dat er niet is wordt beantwoord door PHP: een dat er wel is wordt uitgevoerd',
  },
  'http-restriction.upload-refused': {
    verdict: 'pass',
    en: 'a request for a script in this folder is refused ({script}), and one for another file is not ({other})',
    nl: 'een verzoek om een script in deze map wordt geweigerd ({script}), en een om een ander bestand niet ({other})',
  },
  'http-restriction.upload-not-served': {
    verdict: 'unknown',
    en: 'no site of Apache or nginx was found that serves this folder; is its path right, and can their configuration be read?',
    nl: 'er is geen site van Apache of nginx gevonden die deze map aanbiedt; klopt het pad, en zijn de instellingen te lezen?',
  },
  'http-restriction.uploads-left': {
    verdict: 'unknown',
    en: '{count} upload folders were not looked at because there are too many',
    nl: 'naar {count} uploadmappen is niet gekeken omdat het er te veel zijn',
  },
  'http-restriction.no-uploads': {
    verdict: 'unknown',
    en: 'no upload folder was found; list them as httpRestriction.uploadFolders in agent.yaml, or set that to [] where there are none',
    nl: 'er is geen uploadmap gevonden; noem ze als httpRestriction.uploadFolders in agent.yaml, of zet dat op [] als er geen zijn',
  },
  'http-restriction.uploads-none': {
    verdict: 'not-applicable',
    en: 'agent.yaml says that there are no upload folders, and none was found',
    nl: 'agent.yaml zegt dat er geen uploadmappen zijn, en er is er geen gevonden',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(httpRestrictionReasons);
