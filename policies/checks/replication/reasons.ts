import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'replication.follows': {
    verdict: 'pass',
    en: '{link} receives and applies, and is at most {within|duration} behind ({measured}); {maximum|duration} is allowed',
    nl: '{link} ontvangt en verwerkt, en loopt hoogstens {within|duration} achter ({measured}); {maximum|duration} mag',
  },
  'replication.copied': {
    verdict: 'pass',
    en: '{replica} follows at most {within|duration} behind ({measured}); {maximum|duration} is allowed',
    nl: '{replica} volgt en loopt hoogstens {within|duration} achter ({measured}); {maximum|duration} mag',
  },
  'replication.connected': {
    verdict: 'pass',
    en: '{connected} copies are connected; at least {expected} are expected',
    nl: 'er zijn {connected} kopieën verbonden; minstens {expected} worden verwacht',
  },
  'replication.member': {
    verdict: 'pass',
    en: 'a synchronised member of a cluster of {size}; at least {expected} are expected',
    nl: 'een bijgewerkt lid van een cluster van {size}; minstens {expected} worden verwacht',
  },
  'replication.acknowledged': {
    verdict: 'pass',
    en: 'a write waits until a copy has it; {acknowledging} copies answer',
    nl: 'een schrijfactie wacht tot een kopie haar heeft; {acknowledging} kopieën antwoorden',
  },
  'replication.none': {
    verdict: 'fail',
    en: 'nothing on this host is copied to another server (replication in agent.yaml is empty)',
    nl: 'niets op deze host wordt naar een andere server gekopieerd (replication in agent.yaml is leeg)',
  },
  'replication.no-link': {
    verdict: 'fail',
    en: 'the server follows no other, and should',
    nl: 'de server volgt geen andere, en hoort dat wel te doen',
  },
  'replication.not-primary': {
    verdict: 'fail',
    en: 'the server only follows another, and should be the primary',
    nl: 'de server volgt zelf een andere, en hoort de primaire te zijn',
  },
  'replication.connecting': {
    verdict: 'fail',
    en: '{link} tries to reach the primary and cannot (error {error}); that the server calls itself up to date then means nothing',
    nl: '{link} probeert de primaire te bereiken en kan dat niet (fout {error}); dat de server zich dan bij noemt betekent niets',
  },
  'replication.not-receiving': {
    verdict: 'fail',
    en: '{link} receives nothing: it was stopped, or stopped (error {error})',
    nl: '{link} ontvangt niets: gestopt, of zelf gestopt (fout {error})',
  },
  'replication.not-applying': {
    verdict: 'fail',
    en: '{link} receives, but applies nothing: it was stopped, or stopped (error {error})',
    nl: '{link} ontvangt, maar verwerkt niets: gestopt, of zelf gestopt (fout {error})',
  },
  'replication.paused': {
    verdict: 'fail',
    en: '{link} receives, but somebody paused the applying',
    nl: '{link} ontvangt, maar iemand heeft het verwerken stilgezet',
  },
  'replication.lagging': {
    verdict: 'fail',
    en: '{link} is more than {over|duration} behind ({measured}); {maximum|duration} is allowed',
    nl: '{link} loopt meer dan {over|duration} achter ({measured}); {maximum|duration} mag',
  },
  'replication.unnoticed': {
    verdict: 'unknown',
    en: '{link} says it applied all that it received, but would notice a dead connection only after {notices}, and {maximum|duration} is allowed; set a heartbeat or the primary in agent.yaml, or lower that time',
    nl: '{link} zegt alles te hebben verwerkt wat binnenkwam, maar merkt een dode verbinding pas na {notices}, en {maximum|duration} mag; zet een heartbeat of de primaire in agent.yaml, of verlaag die tijd',
  },
  'replication.too-few': {
    verdict: 'fail',
    en: '{connected} copies are connected; at least {expected} are expected',
    nl: 'er zijn {connected} kopieën verbonden; minstens {expected} worden verwacht',
  },
  'replication.not-following': {
    verdict: 'fail',
    en: '{replica} is connected but does not follow: {state}',
    nl: '{replica} is verbonden maar volgt niet: {state}',
  },
  'replication.stuck': {
    verdict: 'fail',
    en: '{replica} has not moved since {since|moment}, though there is more; {maximum|duration} is allowed',
    nl: '{replica} staat stil sinds {since|moment}, terwijl er meer is; {maximum|duration} mag',
  },
  'replication.halting': {
    verdict: 'unknown',
    en: '{replica} did not come along within seconds, at {since|moment} for the first time; the next run tells whether it moves',
    nl: '{replica} kwam niet binnen enkele seconden mee, voor het eerst op {since|moment}; de volgende run zegt of het beweegt',
  },
  'replication.stuck-future': {
    verdict: 'unknown',
    en: '{replica} was seen at {since|moment}, which lies in the future; a clock is or was wrong',
    nl: '{replica} is gezien op {since|moment}, wat in de toekomst ligt; een klok loopt of liep fout',
  },
  'replication.slot-idle': {
    verdict: 'fail',
    en: 'the slot {slot} keeps records for a copy that does not fetch them; they fill the disk',
    nl: 'het slot {slot} bewaart records voor een kopie die ze niet haalt; ze vullen de schijf',
  },
  'replication.slot-lost': {
    verdict: 'fail',
    en: 'the records that the copy of slot {slot} still needs are gone; it has to be made anew',
    nl: 'de records die de kopie van slot {slot} nog nodig heeft zijn weg; die moet opnieuw gemaakt worden',
  },
  'replication.no-acknowledgement': {
    verdict: 'fail',
    en: 'the server is set to wait until a copy has each write, and no copy answers',
    nl: 'de server hoort te wachten tot een kopie elke schrijfactie heeft, en geen kopie antwoordt',
  },
  'replication.asynchronous': {
    verdict: 'fail',
    en: 'the server waits for no copy: what was written last is lost with it, and the policy asks for copies that acknowledge',
    nl: 'de server wacht op geen kopie: het laatst geschrevene gaat met hem verloren, en het beleid vraagt om kopieën die bevestigen',
  },
  'replication.no-cluster': {
    verdict: 'fail',
    en: 'the server is in no cluster, and should be',
    nl: 'de server zit in geen cluster, en hoort dat wel',
  },
  'replication.not-primary-part': {
    verdict: 'fail',
    en: 'the server is in a part of the cluster without the majority ({status})',
    nl: 'de server zit in een deel van het cluster zonder meerderheid ({status})',
  },
  'replication.not-synced': {
    verdict: 'fail',
    en: 'the server is a member of the cluster, but not up to date ({state})',
    nl: 'de server is lid van het cluster, maar niet bij ({state})',
  },
  'replication.small-cluster': {
    verdict: 'fail',
    en: 'the cluster has {size} members; at least {expected} are expected',
    nl: 'het cluster heeft {size} leden; minstens {expected} worden verwacht',
  },
  'replication.held-up': {
    verdict: 'fail',
    en: 'more than {over} % of the time slower members hold up all writes; {maximum} % is allowed',
    nl: 'meer dan {over} % van de tijd houden tragere leden alle schrijfacties op; {maximum} % mag',
  },
  'replication.not-set': {
    verdict: 'unknown',
    en: 'nobody said what is copied to where; set replication in agent.yaml',
    nl: 'niemand zei wat waarheen wordt gekopieerd; zet replication in agent.yaml',
  },
  'replication.undeclared': {
    verdict: 'unknown',
    en: 'a {database} runs here that agent.yaml does not name under replication',
    nl: 'hier draait een {database} die agent.yaml niet onder replication noemt',
  },
  'replication.not-wanted': {
    verdict: 'not-applicable',
    en: 'agent.yaml says that it needs no copy: {because}',
    nl: 'agent.yaml zegt dat hier geen kopie van nodig is: {because}',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
