import type { Language } from '../../policies/schema.ts';
import type { Deed } from '../access/access-log.ts';
import type { Topic } from '../notices/condition.ts';
import type { MessageState } from '../notices/outbox.ts';
import { number } from './texts.ts';

/** What the pages say of what was told to whom, and of who saw what; a language that lacks a text does not compile. */
interface AccessTexts {
  readonly notices: string;
  readonly access: string;
  readonly noticesIntro: string;
  readonly noReceivers: string;
  readonly by: Readonly<Record<'mail' | 'webhook', string>>;
  readonly orMore: string;
  readonly topics: Readonly<Record<Topic, string>>;
  readonly messages: string;
  readonly noMessages: string;
  readonly made: string;
  readonly receiver: string;
  readonly message: string;
  readonly outcome: string;
  readonly pending: string;
  readonly state: Readonly<Record<MessageState, string>>;
  readonly noticesIn: (count: number) => string;
  readonly tries: (count: number) => string;
  readonly nextTry: string;
  readonly accessIntro: string;
  readonly whole: (number: string, hash: string) => string;
  readonly broken: (number: string) => string;
  readonly dropped: (count: string) => string;
  readonly when: string;
  readonly who: string;
  readonly did: string;
  readonly from: string;
  readonly console: string;
  readonly deeds: Readonly<Record<Deed, string>>;
  readonly earlier: string;
}

export const accessTexts: Readonly<Record<Language, AccessTexts>> = {
  en: {
    notices: 'Notices',
    access: 'Access',
    noticesIntro: 'Who is told of what changes, and the messages of the last 90 days.',
    noReceivers: 'Nobody is told anything: collector.yaml has no notices.',
    by: { mail: 'by mail', webhook: 'by webhook' },
    orMore: 'or more severe',
    topics: {
      failures: 'failures',
      terms: 'terms',
      endings: 'what ends',
      silence: 'silent hosts',
      evidence: 'the evidence itself',
    },
    messages: 'Messages',
    noMessages: 'There were none.',
    made: 'Made',
    receiver: 'Receiver',
    message: 'Message',
    outcome: 'What became of it',
    pending: 'in no message yet',
    state: { sent: 'sent', waiting: 'waits', failed: 'given up' },
    noticesIn: (count) => (count === 1 ? '1 notice' : `${number(count, 'en')} notices`),
    tries: (count) => (count === 1 ? 'tried once' : `tried ${number(count, 'en')} times`),
    nextTry: 'next',
    accessIntro:
      'Who did what, and who was shown what people said, reports of hosts and reports for auditors. By pseudonym: waarborg token list tells who that is.',
    whole: (number, hash) =>
      `All records up to number ${number} are as they were written. The last one’s hash is ${hash}.`,
    broken: (number) => `Record ${number} is missing or was changed: what follows cannot be relied on.`,
    dropped: (count) => `The first ${count} were dropped because their time was over.`,
    when: 'When',
    who: 'Who',
    did: 'What',
    from: 'From',
    console: 'on the collector itself',
    deeds: {
      'log-in': 'logged in',
      act: 'wrote an act into the log',
      'post-evidence': 'posted evidence',
      erase: 'erased',
      'revoke-host': 'ended the enrolment of a host',
      'try-notice': 'sent a trial',
      'create-token': 'made a token',
      'revoke-token': 'revoked a token',
      'read-act': 'read what was said',
      'read-file': 'read a file',
      'read-report': 'read a host’s report',
      'make-report': 'made a report for auditors',
      'export-evidence': 'exported evidence',
      'try-policy': 'tried a policy on evidence',
      'read-access': 'read this log',
    },
    earlier: 'Earlier records',
  },
  nl: {
    notices: 'Berichten',
    access: 'Inzage',
    noticesIntro: 'Wie hoort wat er verandert, en de berichten van de laatste 90 dagen.',
    noReceivers: 'Niemand hoort iets: collector.yaml heeft geen notices.',
    by: { mail: 'per mail', webhook: 'per webhook' },
    orMore: 'of ernstiger',
    topics: {
      failures: 'afwijkingen',
      terms: 'termijnen',
      endings: 'wat afloopt',
      silence: 'stille hosts',
      evidence: 'het bewijs zelf',
    },
    messages: 'Berichten',
    noMessages: 'Er waren er geen.',
    made: 'Gemaakt',
    receiver: 'Ontvanger',
    message: 'Bericht',
    outcome: 'Wat ervan werd',
    pending: 'nog in geen bericht',
    state: { sent: 'verzonden', waiting: 'wacht', failed: 'opgegeven' },
    noticesIn: (count) => (count === 1 ? '1 melding' : `${number(count, 'nl')} meldingen`),
    tries: (count) => (count === 1 ? 'eenmaal geprobeerd' : `${number(count, 'nl')} keer geprobeerd`),
    nextTry: 'opnieuw op',
    accessIntro:
      'Wie wat deed, en wie te zien kreeg wat mensen zeiden, berichten van hosts en rapporten voor auditors. Onder pseudoniem: waarborg token list zegt wie dat is.',
    whole: (number, hash) =>
      `Alle regels tot en met nummer ${number} zijn zoals zij geschreven zijn. De hash van de laatste is ${hash}.`,
    broken: (number) => `Regel ${number} ontbreekt of is veranderd: op wat volgt is niet te rekenen.`,
    dropped: (count) => `De eerste ${count} zijn verwijderd omdat hun tijd om was.`,
    when: 'Wanneer',
    who: 'Wie',
    did: 'Wat',
    from: 'Vanwaar',
    console: 'op de collector zelf',
    deeds: {
      'log-in': 'logde in',
      act: 'schreef een handeling in het log',
      'post-evidence': 'leverde bewijs aan',
      erase: 'wiste',
      'revoke-host': 'beëindigde de aanmelding van een host',
      'try-notice': 'verzond een proef',
      'create-token': 'maakte een token',
      'revoke-token': 'trok een token in',
      'read-act': 'las wat er gezegd is',
      'read-file': 'las een bestand',
      'read-report': 'las een bericht van een host',
      'make-report': 'maakte een rapport voor auditors',
      'export-evidence': 'exporteerde bewijs',
      'try-policy': 'probeerde een beleid op bewijs',
      'read-access': 'las deze regels',
    },
    earlier: 'Eerdere regels',
  },
};
