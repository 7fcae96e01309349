import { reasonsFrom, type Catalogue } from '../../reasons.ts';

/** Every reason of this kind. A copy that does not count is a note (`not-applicable`): what its absence breaks fails by itself. */
export const catalogue = {
  'backup.no-set': {
    verdict: 'unknown',
    en: 'the agent was told of no backup with purpose {purpose}; declare it under backups in agent.yaml',
    nl: 'de agent kent geen back-up met doel {purpose}; geef die op onder backups in agent.yaml',
  },
  'backup.wrong-password': {
    verdict: 'unknown',
    en: 'the password from {passwordFrom} does not open the repository; set passwordFile in agent.yaml to the right file',
    nl: 'het wachtwoord uit {passwordFrom} opent de repository niet; zet passwordFile in agent.yaml op het goede bestand',
  },
  'backup.future': {
    verdict: 'unknown',
    en: 'copies dated in the future: {points}, the latest {latest|moment}; a clock is or was wrong',
    nl: 'kopieën met een datum in de toekomst: {points}, de laatste {latest|moment}; een klok loopt of liep fout',
  },
  'backup.paths-unseen': {
    verdict: 'unknown',
    en: '{tool} does not tell which paths a copy holds, so {path} cannot be required; leave out paths for this set',
    nl: '{tool} vertelt niet welke paden een kopie bevat, dus {path} kan niet geëist worden; laat paths weg bij deze set',
  },

  'backup.none': {
    verdict: 'fail',
    en: 'there is not a single copy',
    nl: 'er is geen enkele kopie',
  },
  'backup.none-of-host': {
    verdict: 'fail',
    en: 'there is no copy of {host}, only of {others}; set host in agent.yaml if that is this host',
    nl: 'er is geen kopie van {host}, alleen van {others}; zet host in agent.yaml als dat deze host is',
  },
  'backup.none-counts': {
    verdict: 'fail',
    en: 'copies that count: none; copies that are there: {points}',
    nl: 'kopieën die tellen: geen; kopieën die er zijn: {points}',
  },

  'backup.left-out.path': {
    verdict: 'not-applicable',
    en: 'copies without {path} do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën zonder {path} tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.empty': {
    verdict: 'not-applicable',
    en: 'copies with nothing in them do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën waar niets in zit tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.small': {
    verdict: 'not-applicable',
    en: 'copies smaller than {minimum|bytes} do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën kleiner dan {minimum|bytes} tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.damaged': {
    verdict: 'not-applicable',
    en: 'copies that cannot be unpacked do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën die niet uit te pakken zijn tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.unfinished': {
    verdict: 'not-applicable',
    en: 'copies that were interrupted or are still being made do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën die afgebroken zijn of nog gemaakt worden tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.failed': {
    verdict: 'not-applicable',
    en: 'copies that the tool itself marks as failed do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën die het programma zelf als mislukt aanmerkt tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.corrupt': {
    verdict: 'not-applicable',
    en: 'copies that the tool itself found damaged do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën die het programma zelf beschadigd vond tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.broken-chain': {
    verdict: 'not-applicable',
    en: 'copies that rest on an earlier one that is missing do not count: {points}, the newest of {newest|moment}',
    nl: 'kopieën die steunen op een eerdere die er niet is tellen niet: {points}, de nieuwste van {newest|moment}',
  },
  'backup.left-out.post-dated': {
    verdict: 'not-applicable',
    en: 'copies written before the moment they claim to show do not count: {points}, the newest claims {newest|moment}',
    nl: 'kopieën die geschreven zijn vóór het moment dat ze zeggen te tonen tellen niet: {points}, de nieuwste zegt {newest|moment}',
  },
  'backup.left-out.back-dated': {
    verdict: 'not-applicable',
    en: 'copies made over a day after the moment they claim to show do not count: {points}, the newest claims {newest|moment}',
    nl: 'kopieën die meer dan een dag na het moment dat ze zeggen te tonen gemaakt zijn tellen niet: {points}, de nieuwste zegt {newest|moment}',
  },

  'backup.fresh': {
    verdict: 'pass',
    en: 'the newest copy is of {newest|moment}; the next is due within {limit|duration}',
    nl: 'de nieuwste kopie is van {newest|moment}; de volgende moet er zijn binnen {limit|duration}',
  },
  'backup.too-old': {
    verdict: 'fail',
    en: 'the newest copy is of {newest|moment}; the next was due within {limit|duration}',
    nl: 'de nieuwste kopie is van {newest|moment}; de volgende had er moeten zijn binnen {limit|duration}',
  },
  'backup.regular': {
    verdict: 'pass',
    en: 'in the last {window|duration} never more than {limit|duration} lies between two copies',
    nl: 'in de laatste {window|duration} ligt nooit meer dan {limit|duration} tussen twee kopieën',
  },
  'backup.gap': {
    verdict: 'fail',
    en: 'gaps between copies: {gaps}, the longest from {from|moment} to {to|moment}, where {limit|duration} is allowed',
    nl: 'gaten tussen kopieën: {gaps}, het langste van {from|moment} tot {to|moment}, terwijl {limit|duration} mag',
  },
  'backup.kept': {
    verdict: 'pass',
    en: 'copies reach back to {oldest|moment}; they are to be kept {keep|duration}',
    nl: 'de kopieën gaan terug tot {oldest|moment}; ze moeten {keep|duration} bewaard blijven',
  },
  'backup.kept-too-short': {
    verdict: 'fail',
    en: 'the oldest copy is of {oldest|moment}; copies are to be kept {keep|duration}',
    nl: 'de oudste kopie is van {oldest|moment}; kopieën moeten {keep|duration} bewaard blijven',
  },
  'backup.kept-within': {
    verdict: 'pass',
    en: 'no copy is older than {keepAtMost|duration}; the oldest is of {oldest|moment}',
    nl: 'geen kopie is ouder dan {keepAtMost|duration}; de oudste is van {oldest|moment}',
  },
  'backup.kept-too-long': {
    verdict: 'fail',
    en: 'the oldest copy is of {oldest|moment}; copies are to be deleted after {keepAtMost|duration}',
    nl: 'de oudste kopie is van {oldest|moment}; kopieën moeten na {keepAtMost|duration} verwijderd zijn',
  },
  'backup.daily': {
    verdict: 'pass',
    en: 'every day has a copy, {wanted} in a row up to now',
    nl: 'elke dag heeft een kopie, {wanted} op rij tot nu',
  },
  'backup.daily-missing': {
    verdict: 'fail',
    en: 'days with a copy in a row up to now: {found}, promised: {wanted}; {missing|day} has none',
    nl: 'dagen met een kopie op rij tot nu: {found}, beloofd: {wanted}; {missing|day} heeft er geen',
  },
  'backup.weekly': {
    verdict: 'pass',
    en: 'every week has a copy, {wanted} in a row up to now',
    nl: 'elke week heeft een kopie, {wanted} op rij tot nu',
  },
  'backup.weekly-missing': {
    verdict: 'fail',
    en: 'weeks with a copy in a row up to now: {found}, promised: {wanted}; the week of {missing|day} has none',
    nl: 'weken met een kopie op rij tot nu: {found}, beloofd: {wanted}; de week van {missing|day} heeft er geen',
  },

  'backup.elsewhere': {
    verdict: 'pass',
    en: 'the copies lie on {server}',
    nl: 'de kopieën staan op {server}',
  },
  'backup.on-this-host': {
    verdict: 'fail',
    en: 'the copies lie on this host itself ({place}); they are to lie on another server',
    nl: 'de kopieën staan op deze host zelf ({place}); ze moeten op een andere server staan',
  },
  'backup.place-unseen': {
    verdict: 'unknown',
    en: 'the agent cannot see on which server {place} puts the copies',
    nl: 'de agent kan niet zien op welke server {place} de kopieën zet',
  },
  'backup.encrypted': {
    verdict: 'pass',
    en: '{tool} encrypts every copy',
    nl: '{tool} versleutelt elke kopie',
  },
  'backup.not-encrypted': {
    verdict: 'fail',
    en: 'the copies themselves are not encrypted',
    nl: 'de kopieën zelf zijn niet versleuteld',
  },
  'backup.encryption-unseen': {
    verdict: 'unknown',
    en: 'only the names of the copies say that they are encrypted',
    nl: 'alleen de namen van de kopieën zeggen dat ze versleuteld zijn',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(catalogue);
