import { obstacleReasons } from '../../reading.ts';
import { reasonsFrom, type Catalogue } from '../../reasons.ts';

export const availabilityReasons = {
  ...obstacleReasons,
  'availability.kept': {
    verdict: 'pass',
    en: 'down {down|duration} and not seen {unseen|duration} in {month}; {minimum} % leaves {allowance|duration}',
    nl: 'in {month} {down|duration} uitgevallen en {unseen|duration} niet gezien; {minimum} % laat {allowance|duration} toe',
  },
  'availability.down-now': {
    verdict: 'pass',
    en: 'down since {since|moment} ({why}), in {month} {down|duration} before that; {minimum} % leaves {allowance|duration}, which is not used up yet',
    nl: 'uitgevallen sinds {since|moment} ({why}), in {month} daarvoor {down|duration}; {minimum} % laat {allowance|duration} toe, dat is nog niet op',
  },
  'availability.unseen-now': {
    verdict: 'pass',
    en: 'not seen since {since|moment} ({why}), in {month} {unseen|duration} before that and {down|duration} down; {minimum} % leaves {allowance|duration}, which would not be used up yet',
    nl: 'niet gezien sinds {since|moment} ({why}), in {month} daarvoor {unseen|duration} en {down|duration} uitgevallen; {minimum} % laat {allowance|duration} toe, dat zou nog niet op zijn',
  },
  'availability.used-up': {
    verdict: 'fail',
    en: 'down {down|duration} in {month}; {minimum} % leaves {allowance|duration}',
    nl: 'in {month} {down|duration} uitgevallen; {minimum} % laat {allowance|duration} toe',
  },
  'availability.used-up-now': {
    verdict: 'fail',
    en: 'down since {since|moment} ({why}), in {month} {down|duration} before that; the {allowance|duration} that {minimum} % leaves are used up',
    nl: 'uitgevallen sinds {since|moment} ({why}), in {month} daarvoor {down|duration}; de {allowance|duration} die {minimum} % toelaat zijn op',
  },
  'availability.unseen': {
    verdict: 'unknown',
    en: 'not seen {unseen|duration} in {month} and down {down|duration}; {minimum} % leaves {allowance|duration}, and nobody can say that it was kept',
    nl: 'in {month} {unseen|duration} niet gezien en {down|duration} uitgevallen; {minimum} % laat {allowance|duration} toe, en niemand kan zeggen dat dat genoeg was',
  },
  'availability.unseen-or-down': {
    verdict: 'unknown',
    en: 'not seen or down since {since|moment} ({why}), in {month} before that not seen {unseen|duration} and down {down|duration}; {minimum} % leaves {allowance|duration}, and nobody can say that it was kept',
    nl: 'niet gezien of uitgevallen sinds {since|moment} ({why}), in {month} daarvoor {unseen|duration} niet gezien en {down|duration} uitgevallen; {minimum} % laat {allowance|duration} toe, en niemand kan zeggen dat dat genoeg was',
  },
  'availability.watched': {
    verdict: 'pass',
    en: 'watched since {since|moment}, in {month} without a gap of more than {gap|duration}',
    nl: 'in de gaten gehouden sinds {since|moment}, in {month} zonder gat van meer dan {gap|duration}',
  },
  'availability.unwatched': {
    verdict: 'fail',
    en: 'not seen from {from|moment} to {until|moment} ({why}); expected no gap of more than {gap|duration}',
    nl: 'niet gezien van {from|moment} tot {until|moment} ({why}); verwacht: geen gat van meer dan {gap|duration}',
  },
  'availability.unwatched-now': {
    verdict: 'fail',
    en: 'not seen since {from|moment} ({why}); expected no gap of more than {gap|duration}',
    nl: 'niet gezien sinds {from|moment} ({why}); verwacht: geen gat van meer dan {gap|duration}',
  },
  'availability.announced-late': {
    verdict: 'pass',
    en: 'work from {from|moment} counts as being down: announced at {announced|moment} and known to the agent at {seen|moment}, expected {notice|duration} before',
    nl: 'het werk vanaf {from|moment} telt als uitval: aangekondigd op {announced|moment} en bij de agent bekend op {seen|moment}, verwacht: {notice|duration} ervoor',
  },
  'availability.never-watched': {
    verdict: 'unknown',
    en: 'nothing was recorded of it yet; run the agent as a service that stays (waarborg agent without --once)',
    nl: 'er is nog niets van vastgelegd; draai de agent als dienst die blijft (waarborg agent zonder --once)',
  },
  'availability.future': {
    verdict: 'unknown',
    en: 'its record goes on until {moment|moment}, which is in the future: a clock was wrong',
    nl: 'de aantekeningen lopen door tot {moment|moment}, en dat ligt in de toekomst: een klok liep verkeerd',
  },
  'availability.none-set': {
    verdict: 'unknown',
    en: 'nobody said what must be available; list it as availability.targets in agent.yaml',
    nl: 'er is niet gezegd wat beschikbaar moet zijn; noem het als availability.targets in agent.yaml',
  },
  'availability.controls-not-set': {
    verdict: 'unknown',
    en: '{controls} controls are set, and two are needed to tell an outage from a loss of the network here; name what always answers as availability.controls in agent.yaml',
    nl: 'er zijn {controls} controledoelen, en twee zijn nodig om uitval te onderscheiden van een weggevallen netwerk hier; noem wat altijd antwoordt als availability.controls in agent.yaml',
  },
} as const satisfies Catalogue;

export const because = reasonsFrom(availabilityReasons);
