import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'anomalies.quiet-day': {
    verdict: 'pass',
    en: 'on {day}: {failed} refused logins, {accepted} others, nothing unusual among them',
    nl: 'op {day}: {failed} geweigerde inlogpogingen, {accepted} geslaagde, niets ongewoons daarbij',
  },
  'anomalies.failed-many': {
    verdict: 'fail',
    en: 'on {day} {service} refused {count} logins; up to {maximum} a day are let pass',
    nl: 'op {day} weigerde {service} {count} inlogpogingen; tot {maximum} per dag gaan voorbij',
  },
  'anomalies.failed-unusual': {
    verdict: 'fail',
    en: 'on {day} {service} refused {count} logins; {usual} are usual here, and {factor} times that counts',
    nl: 'op {day} weigerde {service} {count} inlogpogingen; hier zijn er {usual} gewoon, en {factor} keer dat telt',
  },
  'anomalies.root-login': {
    verdict: 'fail',
    en: 'on {day} somebody logged in as root, {count} times',
    nl: 'op {day} logde iemand in als root, {count} keer',
  },
  'anomalies.odd-hour': {
    verdict: 'fail',
    en: 'on {day} there were {count} logins outside of this host’s hours',
    nl: 'op {day} waren er {count} logins buiten de uren van deze host',
  },
  'anomalies.unseen-address': {
    verdict: 'fail',
    en: 'on {day} somebody logged in from an address never seen before ({addresses})',
    nl: 'op {day} logde iemand in vanaf een adres dat nooit eerder werd gezien ({addresses})',
  },
  'anomalies.noted': {
    verdict: 'pass',
    en: 'on {day}: {root} logins as root, {odd} outside of this host’s hours, from {unseen} new addresses; the policy takes note of these',
    nl: 'op {day}: {root} logins als root, {odd} buiten de uren van deze host, vanaf {unseen} nieuwe adressen; het beleid neemt daar nota van',
  },
  'anomalies.unlogged': {
    verdict: 'unknown',
    en: 'on {day} wtmp tells of {count} logins that {source} does not: what is logged cannot be relied on',
    nl: 'op {day} vertelt wtmp van {count} logins die {source} niet noemt: op het log is geen staat te maken',
  },
  'anomalies.silent': {
    verdict: 'unknown',
    en: '{source} has no record at all of {day}: nothing writes it any more, or somebody emptied it',
    nl: '{source} heeft geen enkel record van {day}: niets schrijft er meer in, of iemand leegde het',
  },
  'anomalies.gap': {
    verdict: 'unknown',
    en: 'of {day} not all was read: {source} was cut or replaced, or the agent did not run in time',
    nl: 'van {day} is niet alles gelezen: {source} is afgekapt of vervangen, of de agent draaide niet op tijd',
  },
  'anomalies.baseline': {
    verdict: 'unknown',
    en: 'what is usual here shows after {needed} whole days; before {day} there are {days}',
    nl: 'wat hier gewoon is blijkt na {needed} hele dagen; voor {day} zijn er {days}',
  },
  'anomalies.learning': {
    verdict: 'unknown',
    en: 'addresses are remembered since {since|moment}; on {day} that was less than {needed|duration}, so every address was new',
    nl: 'adressen worden onthouden sinds {since|moment}; op {day} was dat korter dan {needed|duration}, dus was elk adres nieuw',
  },
  'anomalies.young': {
    verdict: 'unknown',
    en: 'watched since {since|moment}; of {day} nothing is known',
    nl: 'bekeken sinds {since|moment}; van {day} is niets bekend',
  },
  'anomalies.not-remembered': {
    verdict: 'unknown',
    en: 'what was before is known only to an agent that runs again and again and keeps its data folder',
    nl: 'wat er eerder was weet alleen een agent die steeds weer draait en zijn datamap houdt',
  },
  'anomalies.future': {
    verdict: 'unknown',
    en: 'a day that is over, {day}, lies in the future; a clock is or was wrong',
    nl: 'een dag die voorbij is, {day}, ligt in de toekomst; een klok loopt of liep fout',
  },
  'anomalies.hours-not-set': {
    verdict: 'unknown',
    en: 'nobody said in which hours people work here; set loginHours in agent.yaml',
    nl: 'niemand zei in welke uren hier wordt gewerkt; zet loginHours in agent.yaml',
  },
  'anomalies.queue-short': {
    verdict: 'pass',
    en: '{program} has at most {count} messages in its queue; {maximum} are let pass',
    nl: '{program} heeft hoogstens {count} berichten in de wachtrij; {maximum} gaan voorbij',
  },
  'anomalies.queue-long': {
    verdict: 'fail',
    en: '{program} has more than {over} messages in its queue; {maximum} are let pass',
    nl: '{program} heeft meer dan {over} berichten in de wachtrij; {maximum} gaan voorbij',
  },
  'anomalies.sent-usual': {
    verdict: 'pass',
    en: 'on {day} {sent} messages were handed in, at most {most} by one account',
    nl: 'op {day} werden {sent} berichten aangeboden, hoogstens {most} door één account',
  },
  'anomalies.sent-many': {
    verdict: 'fail',
    en: 'on {day} {account} handed in {sent} messages; up to {maximum} a day are let pass',
    nl: 'op {day} bood {account} {sent} berichten aan; tot {maximum} per dag gaan voorbij',
  },
  'anomalies.sent-unusual': {
    verdict: 'fail',
    en: 'on {day} {sent} messages were handed in; {usual} are usual here, and {factor} times that counts',
    nl: 'op {day} werden {sent} berichten aangeboden; hier zijn er {usual} gewoon, en {factor} keer dat telt',
  },
  'anomalies.traffic-usual': {
    verdict: 'pass',
    en: 'in the seven days up to {day} {sent|bytes} went out; {usual|bytes} is usual here',
    nl: 'in de zeven dagen tot en met {day} ging er {sent|bytes} uit; {usual|bytes} is hier gewoon',
  },
  'anomalies.traffic-unusual': {
    verdict: 'fail',
    en: 'in the seven days up to {day} {sent|bytes} went out; {usual|bytes} is usual here, and {factor} times that counts',
    nl: 'in de zeven dagen tot en met {day} ging er {sent|bytes} uit; {usual|bytes} is hier gewoon, en {factor} keer dat telt',
  },
  'anomalies.growth-usual': {
    verdict: 'pass',
    en: '{mount} went from {before|bytes} to {used|bytes} in the seven days up to {day}; growth by {maximum} % of its size is let pass',
    nl: '{mount} ging van {before|bytes} naar {used|bytes} in de zeven dagen tot en met {day}; groei met {maximum} % van de grootte gaat voorbij',
  },
  'anomalies.growth': {
    verdict: 'fail',
    en: '{mount} grew from {before|bytes} to {used|bytes} in the seven days up to {day}, by more than {maximum} % of its size',
    nl: '{mount} groeide van {before|bytes} naar {used|bytes} in de zeven dagen tot en met {day}, met meer dan {maximum} % van de grootte',
  },
  'anomalies.no-mail': {
    verdict: 'not-applicable',
    en: 'neither Postfix nor Exim is on this host',
    nl: 'op deze host staat Postfix noch Exim',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
