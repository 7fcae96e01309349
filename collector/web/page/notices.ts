import type { Language } from '../../../policies/schema.ts';
import type { Notices, ReceiverView } from '../../notices/notices.ts';
import type { Message } from '../../notices/outbox.ts';
import { accessTexts } from '../access-texts.ts';
import { html, type Markup } from '../html.ts';
import { number, texts } from '../texts.ts';
import { backToOverview, framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { time } from './moment.ts';

/** Who is told of what, and the messages that went, wait or were given up. */
export function noticesPage(notices: Pick<Notices, 'receivers' | 'messages'>, context: PageContext): string {
  const { language } = context;
  const own = accessTexts[language];
  const [receivers, messages] = [notices.receivers(), notices.messages()];
  const body = html`${backToOverview(context)}
    <h1>${own.notices}</h1>
    <p class="lead">${own.noticesIntro}</p>
    ${
      receivers.length === 0
        ? html`<p class="notice unknown">${own.noReceivers}</p>`
        : html`<div class="summary">${receivers.map((receiver) => receiverMarkup(receiver, language))}</div>`
    }
    <h2>${own.messages}</h2>
    ${messages.length === 0 ? html`<p>${own.noMessages}</p>` : messageTable(messages, language)}`;
  return framed(context, own.notices, body);
}

function receiverMarkup(receiver: ReceiverView, language: Language): Markup {
  const own = accessTexts[language];
  const { name, by, severity, about, pending, waiting, sent, failed } = receiver;
  const figures = [
    [own.state.sent, sent],
    [own.state.waiting, waiting],
    [own.state.failed, failed],
    [own.pending, pending],
  ] as const;
  return html`<section>
    <h2>${name}</h2>
    <p class="aside">
      ${own.by[by]} · ${texts[language].severity[severity]} ${own.orMore} ·
      ${about.map((topic) => own.topics[topic]).join(', ')}
    </p>
    <ul class="figures">
      ${figures.map(([word, count]) => html`<li><b>${number(count, language)}</b> ${word}</li>`)}
    </ul>
  </section>`;
}

const symbols = {
  sent: { mark: '✓', verdict: 'pass' },
  waiting: { mark: '?', verdict: 'unknown' },
  failed: { mark: '✗', verdict: 'fail' },
} as const;

function messageTable(messages: readonly Message[], language: Language): Markup {
  const own = accessTexts[language];
  return html`<div class="scroll">
    <table class="records">
      <thead>
        <tr>
          ${[own.made, own.receiver, own.message, own.outcome].map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${messages.map((message) => messageRow(message, language))}
      </tbody>
    </table>
  </div>`;
}

function messageRow(message: Message, language: Language): Markup {
  const own = accessTexts[language];
  const { receiver, made, notices, subject, state, attempts, next, ended, error } = message;
  const { mark, verdict } = symbols[state];
  return html`<tr>
    <td>${time(made, language)}</td>
    <td>${receiver}</td>
    <td>${subject} <span class="aside">${own.noticesIn(notices)}</span></td>
    <td>
      <span class="badge ${verdict}"><span aria-hidden="true">${mark}</span> ${own.state[state]}</span>
      ${ended === null ? undefined : time(ended, language)}
      ${state === 'waiting' && attempts > 0 ? html`<span class="aside">${own.tries(attempts)}, ${own.nextTry} ${time(next, language)}</span>` : undefined}
      ${error === null ? undefined : html`<p class="aside">${error}</p>`}
    </td>
  </tr>`;
}
