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
  'backup.list-future': {
    verdict: 'unknown',
    en: 'the list of copies is dated in the future, {written|moment}; a clock is or was wrong',
    nl: 'de lijst van kopieën heeft een datum in de toekomst, {written|moment}; een klok loopt of liep fout',
  },
  'backup.list-too-old': {
    verdict: 'unknown',
    en: 'the list of copies is of {written|moment}; the next was due within {limit|duration}, so nobody can see what is there now',
    nl: 'de lijst van kopieën is van {written|moment}; de volgende had er moeten zijn binnen {limit|duration}, dus niemand kan zien wat er nu is',
  },
  'backup.list-fresh': {
    verdict: 'pass',
    en: 'the list of copies is of {written|moment}; the next is due within {limit|duration}',
    nl: 'de lijst van kopieën is van {written|moment}; de volgende moet er zijn binnen {limit|duration}',
  },
  'backup.paths-unseen': {
    verdict: 'unknown',
    en: '{tool} does not tell which paths a copy holds, so {path} cannot be required; leave out paths for this set',
    nl: '{tool} vertelt niet welke paden een kopie bevat, dus {path} kan niet geëist worden; laat paths weg bij deze set',
  },

  'backup.no-accounts': {
    verdict: 'unknown',
    en: '{tool} names not a single account that is to have copies',
    nl: '{tool} noemt geen enkel account dat kopieën moet hebben',
  },
  'backup.accounts-unseen': {
    verdict: 'unknown',
    en: '{tool} does not tell which account a copy is of, so nobody can see whether each has its own',
    nl: '{tool} vertelt niet van welk account een kopie is, dus niemand kan zien of elk zijn eigen heeft',
  },
  'backup.sizes-unseen': {
    verdict: 'unknown',
    en: '{tool} does not tell how large the copies are, so nobody can see whether they shrank',
    nl: '{tool} vertelt niet hoe groot de kopieën zijn, dus niemand kan zien of ze kleiner werden',
  },
  'backup.sizes-few': {
    verdict: 'unknown',
    en: 'whole copies in the last {window|duration}: {copies}; it takes three to see whether they shrank',
    nl: 'volledige kopieën in de laatste {window|duration}: {copies}; er zijn er drie nodig om te zien of ze kleiner werden',
  },
  'backup.restore-future': {
    verdict: 'unknown',
    en: 'a restore test is dated in the future, {at|moment}; a clock is or was wrong',
    nl: 'een terugzettest heeft een datum in de toekomst, {at|moment}; een klok loopt of liep fout',
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
    en: 'copies that were made, or appeared, long after the moment they claim to show do not count: {points}, the newest claims {newest|moment}',
    nl: 'kopieën die lang na het moment dat ze zeggen te tonen gemaakt of verschenen zijn tellen niet: {points}, de nieuwste zegt {newest|moment}',
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
  'backup.vanished': {
    verdict: 'fail',
    en: 'copies that went before their time: {copies}, the newest of {time|moment}, gone by {goneBy|moment}; each is to be kept {keep|duration}',
    nl: 'kopieën die te vroeg verdwenen: {copies}, de nieuwste van {time|moment}, weg op {goneBy|moment}; elke moet {keep|duration} bewaard blijven',
  },
  'backup.thinned': {
    verdict: 'not-applicable',
    en: 'copies thinned out before {keep|duration}: {copies}, the newest of {time|moment}, gone by {goneBy|moment}',
    nl: 'kopieën die uitgedund zijn vóór {keep|duration}: {copies}, de nieuwste van {time|moment}, weg op {goneBy|moment}',
  },
  'backup.watched': {
    verdict: 'not-applicable',
    en: 'the agent remembers what lies there since {since|moment}; of before that only the list of copies tells',
    nl: 'de agent onthoudt sinds {since|moment} wat er staat; over de tijd ervoor vertelt alleen de lijst van kopieën iets',
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
  'backup.monthly': {
    verdict: 'pass',
    en: 'every month has a copy, {wanted} in a row up to now',
    nl: 'elke maand heeft een kopie, {wanted} op rij tot nu',
  },
  'backup.monthly-missing': {
    verdict: 'fail',
    en: 'months with a copy in a row up to now: {found}, promised: {wanted}; the month of {missing|day} has none',
    nl: 'maanden met een kopie op rij tot nu: {found}, beloofd: {wanted}; de maand van {missing|day} heeft er geen',
  },

  'backup.size-steady': {
    verdict: 'pass',
    en: 'the newest copy ({newest|moment}) has {size|bytes}, the usual size is {usual|bytes}; at least {least} % of that is expected',
    nl: 'de nieuwste kopie ({newest|moment}) is {size|bytes}, gewoonlijk is dat {usual|bytes}; minstens {least} % daarvan wordt verwacht',
  },
  'backup.shrunk': {
    verdict: 'fail',
    en: 'the newest copy ({newest|moment}) has only {size|bytes}, the usual size is {usual|bytes}; at least {least} % of that is expected',
    nl: 'de nieuwste kopie ({newest|moment}) is maar {size|bytes}, gewoonlijk is dat {usual|bytes}; minstens {least} % daarvan wordt verwacht',
  },

  'backup.restored': {
    verdict: 'pass',
    en: 'on {at|moment} {files} files ({bytes|bytes}) were restored and found the same; the next test is due within {limit|duration}',
    nl: 'op {at|moment} zijn {files} bestanden ({bytes|bytes}) teruggezet en gelijk bevonden; de volgende test moet er zijn binnen {limit|duration}',
  },
  'backup.restore-attested': {
    verdict: 'pass',
    en: 'somebody attested a restore test of {at|moment} that went well, the agent did not see it; the next is due within {limit|duration}',
    nl: 'iemand verklaarde dat een terugzettest op {at|moment} goed ging, de agent heeft die niet gezien; de volgende moet er zijn binnen {limit|duration}',
  },
  'backup.restore-too-old': {
    verdict: 'fail',
    en: 'the last restore test that went well was on {at|moment}; the next was due within {limit|duration}',
    nl: 'de laatste terugzettest die goed ging was op {at|moment}; de volgende had er moeten zijn binnen {limit|duration}',
  },
  'backup.restore-differs': {
    verdict: 'fail',
    en: 'what was restored on {at|moment} was not what had been copied, and no later test went well',
    nl: 'wat op {at|moment} teruggezet werd was niet wat gekopieerd was, en geen latere test ging goed',
  },
  'backup.restore-failed': {
    verdict: 'fail',
    en: 'restoring failed on {at|moment}, and no later test went well',
    nl: 'terugzetten mislukte op {at|moment}, en geen latere test ging goed',
  },
  'backup.never-restored': {
    verdict: 'fail',
    en: 'there is no record of a restore test; one is due every {limit|duration} (waarborg restore-test)',
    nl: 'er is geen terugzettest vastgelegd; er moet er elke {limit|duration} een zijn (waarborg restore-test)',
  },

  'backup.accounts': {
    verdict: 'pass',
    en: 'accounts whose copies are as promised: {accounts} of {all}; of the one furthest behind the newest is of {newest|moment}',
    nl: 'accounts met kopieën zoals beloofd: {accounts} van {all}; van het account dat het verst achterloopt is de nieuwste van {newest|moment}',
  },
  'backup.account-new': {
    verdict: 'not-applicable',
    en: 'new accounts whose first copy is not due yet: {points}, the newest seen first on {newest|moment}',
    nl: 'nieuwe accounts waarvan de eerste kopie er nog niet hoeft te zijn: {points}, het nieuwste voor het eerst gezien op {newest|moment}',
  },
  'backup.more-accounts': {
    verdict: 'fail',
    en: 'further accounts whose copies are not as promised: {accounts}',
    nl: 'verdere accounts waarvan de kopieën niet zijn zoals beloofd: {accounts}',
  },
  'backup.more-accounts-unknown': {
    verdict: 'unknown',
    en: 'further accounts of whose copies nothing sure is known: {accounts}',
    nl: 'verdere accounts over wier kopieën niets zekers bekend is: {accounts}',
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
  'backup.lock-unseen': {
    verdict: 'unknown',
    en: '{tool} does not tell whether copies can be removed before their time',
    nl: '{tool} vertelt niet of kopieën voor hun tijd verwijderd kunnen worden',
  },
  'backup.not-locked': {
    verdict: 'fail',
    en: 'the newest copy can be removed at any moment; the place is to lock copies for {asked|duration}',
    nl: 'de nieuwste kopie kan op elk moment verwijderd worden; de opslag moet kopieën {asked|duration} vergrendelen',
  },
  'backup.lock-lifted': {
    verdict: 'fail',
    en: 'the newest copy is locked until {until|moment}, but in governance mode, which whoever has the right to can lift; compliance mode is expected',
    nl: 'de nieuwste kopie is vergrendeld tot {until|moment}, maar in governance-modus, die iemand met dat recht kan opheffen; verwacht wordt compliance-modus',
  },
  'backup.lock-short': {
    verdict: 'fail',
    en: 'the newest copy, of {newest|moment}, is locked until {until|moment}; expected {asked|duration} after it was made',
    nl: 'de nieuwste kopie, van {newest|moment}, is vergrendeld tot {until|moment}; verwacht wordt {asked|duration} nadat hij gemaakt is',
  },
  'backup.locked': {
    verdict: 'pass',
    en: 'nobody can remove the newest copy, of {newest|moment}, before {until|moment}',
    nl: 'niemand kan de nieuwste kopie, van {newest|moment}, verwijderen voor {until|moment}',
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
