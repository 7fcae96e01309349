import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const reasons = {
  'log-retention.none': {
    verdict: 'unknown',
    en: 'no log was found at all; name those of this host under logs in agent.yaml',
    nl: 'er is geen enkel log gevonden; noem die van deze host onder logs in agent.yaml',
  },
  'log-retention.missing': {
    verdict: 'unknown',
    en: 'no file was found for the log {log}, which is asked for; name its files under logs in agent.yaml',
    nl: 'er is geen bestand gevonden voor het gevraagde log {log}; noem de bestanden onder logs in agent.yaml',
  },
  'log-retention.future': {
    verdict: 'unknown',
    en: 'a record is dated in the future, {moment|moment}; a clock is or was wrong',
    nl: 'een regel heeft een datum in de toekomst, {moment|moment}; een klok loopt of liep fout',
  },
  'log-retention.long-enough': {
    verdict: 'pass',
    en: 'reaches back to {oldest|moment}; at least {minimum|duration} is asked',
    nl: 'gaat terug tot {oldest|moment}; minstens {minimum|duration} is gevraagd',
  },
  'log-retention.settings-short': {
    verdict: 'fail',
    en: 'its rotation may keep as little as {kept|duration}; at least {minimum|duration} is asked',
    nl: 'de rotatie bewaart mogelijk maar {kept|duration}; minstens {minimum|duration} is gevraagd',
  },
  'log-retention.too-short': {
    verdict: 'fail',
    en: 'reaches back to {oldest|moment} only, and at least {minimum|duration} is asked',
    nl: 'gaat maar terug tot {oldest|moment}, en minstens {minimum|duration} is gevraagd',
  },
  'log-retention.gap': {
    verdict: 'fail',
    en: 'has no piece that begins between {from|moment} and {to|moment}, though the others follow each other closely',
    nl: 'heeft geen deel dat begint tussen {from|moment} en {to|moment}, terwijl de andere elkaar snel opvolgen',
  },
  'log-retention.young-host': {
    verdict: 'unknown',
    en: 'reaches back to {oldest|moment}; this host exists since {since|moment}, too short to see whether {minimum|duration} is kept',
    nl: 'gaat terug tot {oldest|moment}; deze host bestaat sinds {since|moment}, te kort om te zien of {minimum|duration} bewaard wordt',
  },
  'log-retention.young-settings': {
    verdict: 'pass',
    en: 'this host exists since {since|moment}; by its rotation the log keeps {kept|duration} or more',
    nl: 'deze host bestaat sinds {since|moment}; volgens de rotatie bewaart het log {kept|duration} of meer',
  },
  'log-retention.young-log': {
    verdict: 'unknown',
    en: 'reaches back to {oldest|moment}, with fewer pieces than its rotation keeps: it is new, or somebody deleted some',
    nl: 'gaat terug tot {oldest|moment}, met minder delen dan de rotatie bewaart: het is nieuw, of iemand wiste er',
  },
  'log-retention.empty': {
    verdict: 'unknown',
    en: 'holds not a single record: nothing was logged, or somebody emptied it',
    nl: 'bevat geen enkele regel: er werd niets gelogd, of iemand maakte het leeg',
  },
  'log-retention.empty-settled': {
    verdict: 'not-applicable',
    en: 'holds not a single record, and its rotation suits what is asked',
    nl: 'bevat geen enkele regel, en de rotatie past bij wat gevraagd is',
  },
  'log-retention.volatile': {
    verdict: 'fail',
    en: 'the journal is kept in memory alone and is gone after a restart; set Storage=persistent, or let a syslog daemon keep files',
    nl: 'het journal staat alleen in het geheugen en is weg na een herstart; zet Storage=persistent, of laat een syslog-programma bestanden bewaren',
  },
  'log-retention.volatile-beside': {
    verdict: 'not-applicable',
    en: 'the journal is kept in memory alone; what it holds is kept by the files of syslog',
    nl: 'het journal staat alleen in het geheugen; wat erin staat wordt bewaard in de bestanden van syslog',
  },
  'log-retention.deleted-in-time': {
    verdict: 'pass',
    en: 'reaches back to {oldest|moment} and is deleted after {kept|duration} at most; {maximum|duration} is allowed',
    nl: 'gaat terug tot {oldest|moment} en wordt na hoogstens {kept|duration} gewist; {maximum|duration} mag',
  },
  'log-retention.too-old': {
    verdict: 'fail',
    en: 'still holds records of {oldest|moment}; they have to be deleted after {maximum|duration}',
    nl: 'bevat nog regels van {oldest|moment}; die moeten na {maximum|duration} gewist zijn',
  },
  'log-retention.settings-long': {
    verdict: 'fail',
    en: 'its rotation may keep as much as {kept|duration}; records have to be deleted after {maximum|duration}',
    nl: 'de rotatie bewaart mogelijk wel {kept|duration}; regels moeten na {maximum|duration} gewist zijn',
  },
  'log-retention.no-deletion': {
    verdict: 'unknown',
    en: 'reaches back to {oldest|moment}, but nothing here shows that records are deleted after {maximum|duration}: set rotate and maxage in logrotate, or MaxRetentionSec for the journal',
    nl: 'gaat terug tot {oldest|moment}, maar niets laat zien dat regels na {maximum|duration} gewist worden: zet rotate en maxage in logrotate, of MaxRetentionSec voor het journal',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
