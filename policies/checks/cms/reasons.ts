import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'cms.none': {
    verdict: 'not-applicable',
    en: 'no system of the kind was found in {folders} folders that are served or named in the settings',
    nl: 'er is geen systeem van die soort gevonden in {folders} mappen die geserveerd worden of in de instellingen staan',
  },
  'cms.nowhere': {
    verdict: 'unknown',
    en: 'no folder to look in is known: name those of the sites under cms.folders in agent.yaml, or an empty list where there are none',
    nl: 'er is geen map bekend om in te kijken: noem die van de sites onder cms.folders in agent.yaml, of een lege lijst als er geen zijn',
  },
  'cms.search-cut': {
    verdict: 'unknown',
    en: 'there are more folders than the search goes through, so a site may have been missed; raise the limits under cms in agent.yaml',
    nl: 'er zijn meer mappen dan de zoektocht doorloopt, dus er kan een site gemist zijn; verhoog de grenzen onder cms in agent.yaml',
  },
  'cms.versions-differ': {
    verdict: 'unknown',
    en: '{file} says version {version} and {otherFile} says {otherVersion}: the installation is half done, or one was altered',
    nl: '{file} zegt versie {version} en {otherFile} zegt {otherVersion}: de installatie is half gedaan, of een ervan is veranderd',
  },
  'cms.not-a-release': {
    verdict: 'unknown',
    en: '{product} {version} is no finished release, so nobody can tell what it lacks',
    nl: '{product} {version} is geen voltooide uitgave, dus niemand weet wat eraan ontbreekt',
  },
  'cms.packaged': {
    verdict: 'not-applicable',
    en: '{product} {version} came with the package {package} of the system, and is kept up to date with it: the check updates watches that',
    nl: '{product} {version} kwam met het pakket {package} van het systeem en wordt daarmee bijgewerkt: de controle updates let daarop',
  },

  'cms.supported': {
    verdict: 'pass',
    en: '{product} {branch} is supported until {until|day}, by the table of {dated|day}',
    nl: '{product} {branch} wordt ondersteund tot en met {until|day}, volgens de tabel van {dated|day}',
  },
  'cms.supported-undated': {
    verdict: 'pass',
    en: '{product} {branch} is supported, without an end that is known, by the table of {dated|day}',
    nl: '{product} {branch} wordt ondersteund, zonder bekend einde, volgens de tabel van {dated|day}',
  },
  'cms.supported-extended': {
    verdict: 'pass',
    en: '{product} {branch} has extended support until {until|day}, which was bought according to agent.yaml',
    nl: '{product} {branch} heeft verlengde ondersteuning tot en met {until|day}, die volgens agent.yaml gekocht is',
  },
  'cms.extended-not-bought': {
    verdict: 'fail',
    en: 'support of {product} {branch} ended on {ended|day}; the extended one until {until|day} counts only where agent.yaml says that it was bought',
    nl: 'de ondersteuning van {product} {branch} eindigde op {ended|day}; de verlengde tot en met {until|day} telt alleen als agent.yaml zegt dat die gekocht is',
  },
  'cms.support-ended': {
    verdict: 'fail',
    en: 'support of {product} {branch} ended on {until|day}; {version} gets no more updates',
    nl: 'de ondersteuning van {product} {branch} eindigde op {until|day}; {version} krijgt geen updates meer',
  },
  'cms.support-ended-undated': {
    verdict: 'fail',
    en: '{product} {branch} is no longer supported; {version} gets no more updates',
    nl: '{product} {branch} wordt niet meer ondersteund; {version} krijgt geen updates meer',
  },
  'cms.support-unknown': {
    verdict: 'unknown',
    en: 'the table of {dated|day} does not know {product} {branch}',
    nl: 'de tabel van {dated|day} kent {product} {branch} niet',
  },
  'cms.support-table-old': {
    verdict: 'unknown',
    en: 'the table of ends of support is dated {dated|day}, more than {maximum|duration} ago: supply a newer one',
    nl: 'de tabel met einden van ondersteuning is van {dated|day}, meer dan {maximum|duration} geleden: geef een nieuwere',
  },
  'cms.support-table-future': {
    verdict: 'unknown',
    en: 'the table of ends of support is dated {dated|day}, in the future: a clock is wrong',
    nl: 'de tabel met einden van ondersteuning is van {dated|day}, in de toekomst: een klok staat verkeerd',
  },

  'cms.current': {
    verdict: 'pass',
    en: '{product} {version} is the newest of its branch in the list of releases of {dated|moment}',
    nl: '{product} {version} is de nieuwste van zijn tak in de lijst met uitgaven van {dated|moment}',
  },
  'cms.behind-briefly': {
    verdict: 'pass',
    en: '{product} {version} is installed and {next} was released on {released|day}; {maximum|duration} is allowed',
    nl: '{product} {version} is geïnstalleerd en {next} kwam uit op {released|day}; {maximum|duration} is toegestaan',
  },
  'cms.behind': {
    verdict: 'fail',
    en: '{product} {version} is installed and {next} was released on {released|day}, more than {maximum|duration} ago; the newest is {newest}',
    nl: '{product} {version} is geïnstalleerd en {next} kwam uit op {released|day}, meer dan {maximum|duration} geleden; de nieuwste is {newest}',
  },
  'cms.version-unlisted': {
    verdict: 'unknown',
    en: 'the list of releases of {dated|moment} does not know {product} {version}: the list is behind, or the version was made up',
    nl: 'de lijst met uitgaven van {dated|moment} kent {product} {version} niet: de lijst loopt achter, of de versie is verzonnen',
  },
  'cms.releases-none': {
    verdict: 'unknown',
    en: 'agent.yaml names no list of releases (cms.releases), so nobody can tell which versions there are',
    nl: 'agent.yaml noemt geen lijst met uitgaven (cms.releases), dus niemand weet welke versies er zijn',
  },
  'cms.releases-old': {
    verdict: 'unknown',
    en: 'the list of releases is dated {dated|moment}, more than {maximum|duration} ago: it shows no newer ones',
    nl: 'de lijst met uitgaven is van {dated|moment}, meer dan {maximum|duration} geleden: nieuwere staan er niet in',
  },
  'cms.releases-future': {
    verdict: 'unknown',
    en: 'the list of releases is dated {dated|moment}, in the future: a clock is wrong or the list is forged',
    nl: 'de lijst met uitgaven is van {dated|moment}, in de toekomst: een klok staat verkeerd of de lijst is vervalst',
  },

  'cms.looked': {
    verdict: 'pass',
    en: 'releases of {product} were last looked for at {dated|moment}; at least every {maximum|duration} is asked',
    nl: 'naar uitgaven van {product} is voor het laatst gekeken op {dated|moment}; minstens elke {maximum|duration} is gevraagd',
  },
  'cms.looked-long-ago': {
    verdict: 'fail',
    en: 'releases of {product} were last looked for at {dated|moment}; it must be done at least every {maximum|duration}',
    nl: 'naar uitgaven van {product} is voor het laatst gekeken op {dated|moment}; dat moet minstens elke {maximum|duration}',
  },
  'cms.branch-unlisted': {
    verdict: 'unknown',
    en: 'the list of releases of {dated|moment} has none of {product} {branch}, so nobody looked for those',
    nl: 'de lijst met uitgaven van {dated|moment} heeft er geen van {product} {branch}, dus daarnaar is niet gekeken',
  },

  'cms.plugins-stable': {
    verdict: 'pass',
    en: 'all of {plugins} plug-ins of others are marked stable',
    nl: 'alle {plugins} plug-ins van anderen zijn als stabiel gemerkt',
  },
  'cms.plugins-none': {
    verdict: 'pass',
    en: 'there are no plug-ins of others',
    nl: 'er zijn geen plug-ins van anderen',
  },
  'cms.plugins-own': {
    verdict: 'not-applicable',
    en: '{plugins} plug-ins are the site’s own and are left out',
    nl: '{plugins} plug-ins zijn van de site zelf en tellen niet mee',
  },
  'cms.plugin-state': {
    verdict: 'fail',
    en: 'plug-in {plugin} {version} is marked {state}, not stable',
    nl: 'plug-in {plugin} {version} is gemerkt als {state}, niet als stable',
  },
  'cms.plugin-unfinished': {
    verdict: 'fail',
    en: 'plug-in {plugin} is installed as {version}, which is no finished release',
    nl: 'plug-in {plugin} is geïnstalleerd als {version}, en dat is geen voltooide uitgave',
  },
  'cms.plugin-unmarked': {
    verdict: 'unknown',
    en: 'plug-in {plugin} does not say whether it is stable',
    nl: 'plug-in {plugin} zegt niet of hij stabiel is',
  },

  'cms.updated-in-window': {
    verdict: 'pass',
    en: 'the core became {version} between {notBefore|moment} and {firstSeen|moment}, all of it within {from}-{to} ({timeZone})',
    nl: 'de kern werd {version} tussen {notBefore|moment} en {firstSeen|moment}, geheel binnen {from}-{to} ({timeZone})',
  },
  'cms.updated-outside-window': {
    verdict: 'fail',
    en: 'the core became {version} between {notBefore|moment} and {firstSeen|moment}, outside {from}-{to} ({timeZone})',
    nl: 'de kern werd {version} tussen {notBefore|moment} en {firstSeen|moment}, buiten {from}-{to} ({timeZone})',
  },
  'cms.update-straddles': {
    verdict: 'unknown',
    en: 'the core became {version} between {notBefore|moment} and {firstSeen|moment}, which is partly outside {from}-{to} ({timeZone}); its files last changed at {changed|moment}, by an update or otherwise',
    nl: 'de kern werd {version} tussen {notBefore|moment} en {firstSeen|moment}, deels buiten {from}-{to} ({timeZone}); zijn bestanden veranderden het laatst op {changed|moment}, door een update of anders',
  },
  'cms.update-not-seen': {
    verdict: 'unknown',
    en: 'the agent knows the site since {firstSeen|moment} only; its core files changed at {changed|moment}, by an update or otherwise',
    nl: 'de agent kent de site pas sinds {firstSeen|moment}; zijn kernbestanden veranderden op {changed|moment}, door een update of anders',
  },
  'cms.update-clock': {
    verdict: 'unknown',
    en: 'the core was first seen as {version}, or its files changed, in the future: a clock is or was wrong',
    nl: 'de kern is voor het eerst als {version} gezien, of zijn bestanden veranderden, in de toekomst: een klok staat of stond verkeerd',
  },
  'cms.not-updated': {
    verdict: 'not-applicable',
    en: 'the core was not updated within {within|duration}',
    nl: 'de kern is niet bijgewerkt binnen {within|duration}',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
