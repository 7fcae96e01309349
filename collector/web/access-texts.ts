import type { Language } from '../../policies/schema.ts';
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
}

export const accessTexts: Readonly<Record<Language, AccessTexts>> = {
  en: {
    notices: 'Notices',
    access: 'Access',
    noticesIntro: 'Who is told of what changes, and the messages of the last 90 days.',
    noReceivers: 'Nobody is told anything: collector.yaml has no notices.',
    by: { mail: 'by mail', webhook: 'by webhook' },
    orMore: 'or severer',
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
  },
};
