import { isFilePart, statementPartName, type Act } from '../../../evidence/act.ts';
import { formatMoment } from '../../../policies/explain.ts';
import { isMoment } from '../../../policies/quantities.ts';
import type { Language } from '../../../policies/schema.ts';
import { FilePart, StatementPart, type PastAct } from '../../people/exchange.ts';
import type { Problem } from '../../problem.ts';
import { actTexts, members } from '../act-texts.ts';
import { html, type Markup } from '../html.ts';
import { framed } from './frame.ts';
import type { PageContext } from './layout.ts';
import { actFilePath, actPath, organisationPath } from './links.ts';
import { time } from './moment.ts';

export interface ActPageInput {
  readonly id: string;
  /** All that was done about it, in the order of the log. */
  readonly acts: readonly PastAct[];
  /** Why what was asked of it a moment ago was not done. */
  readonly refusal?: Problem;
}

/** One attestation, exception, case or line of a register: what was done and said, and a way to approve of it or take it back. */
export function actPage({ id, acts, refusal }: ActPageInput, context: PageContext): string {
  const { language } = context;
  const own = actTexts[language];
  const body = html`<p class="back"><a href="${organisationPath}">← ${own.toOrganisation}</a></p>
    <h1>${id}</h1>
    ${refusal === undefined ? undefined : refusalMarkup(refusal, language)}
    ${acts.length === 0 ? html`<p>${own.unknown(id)}</p>` : undefined}
    ${acts.map((act) => actMarkup(id, act, language))} ${decision(id, acts, context)}`;
  return framed(context, id, body, { renews: false });
}

function refusalMarkup({ code, message }: Problem, language: Language): Markup {
  const own = actTexts[language];
  const told = Object.entries(own.refusals).find(([flaw]) => flaw === code)?.[1] ?? message;
  return html`<p class="notice fail" role="alert">${own.refused} ${told}</p>`;
}

function actMarkup(id: string, { index, receivedAt, by, role, act, parts }: PastAct, language: Language): Markup {
  const own = actTexts[language];
  const files = Object.entries(parts).filter(([name]) => isFilePart(name));
  return html`<article class="row">
    <header>
      <h3>${by} ${own.acts[act.act]}</h3>
      <p class="aside">${time(receivedAt, language)} · ${role} · ${own.entry(index)}</p>
    </header>
    <div>
      ${statementMarkup(parts[statementPartName], language)} ${factsMarkup(act, language)}
      ${files.length === 0 ? undefined : html`<h4>${own.files}</h4>`}
      ${
        files.length === 0
          ? undefined
          : html`<ul>
              ${files.map(([name, content]) => fileMarkup({ id, index, name, content }, language))}
            </ul>`
      }
    </div>
  </article>`;
}

/** What the entry of the log says, but for ids and digests, which are for programs. */
function factsMarkup(act: Act, language: Language): Markup | undefined {
  const own = actTexts[language];
  const said: Readonly<Partial<Record<string, unknown>>> = act;
  const facts = members.flatMap((name) => {
    const value = wordsOf(said[name], language);
    return value === '' ? [] : [{ name: own.members[name], value }];
  });
  if (facts.length === 0) return undefined;
  return html`<dl class="facts">
    ${facts.map(
      ({ name, value }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A value as people read it: what is in it, one after the other. */
function wordsOf(value: unknown, language: Language): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') {
    const within = Object.values(value).map((one) => wordsOf(one, language));
    return within.filter((words) => words !== '').join(', ');
  }
  if (typeof value === 'string') return isMoment(value) ? formatMoment(value, language) : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function statementMarkup(content: unknown, language: Language): Markup | undefined {
  if (content === undefined) return undefined;
  const said = StatementPart.safeParse(content).data;
  return html`<p class="said">${said?.text ?? `(${actTexts[language].erased})`}</p>`;
}

interface PlacedFile {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly content: unknown;
}

function fileMarkup({ id, index, name, content }: PlacedFile, language: Language): Markup {
  const file = FilePart.safeParse(content).data;
  if (file === undefined) return html`<li>(${actTexts[language].erased})</li>`;
  const kilobytes = Math.ceil((file.content.length * 3) / 4 / 1024);
  return html`<li>
    <a href="${actFilePath(id, index, name)}">${file.name}</a> <span class="aside">${kilobytes} KiB</span>
  </li>`;
}

/** For whoever may decide about it, as long as it stands. */
function decision(id: string, acts: readonly PastAct[], { language, reader }: PageContext): Markup | undefined {
  const [first] = acts;
  const own = actTexts[language];
  const isDecided = acts.some(({ act }) => act.act === 'revoke');
  const takesApproval = first?.act.act === 'attest' || first?.act.act === 'waive';
  const isOpen = (takesApproval || first?.act.act === 'deny') && !isDecided;
  const mayDecide = reader.form !== null && (reader.role === 'approver' || reader.role === 'operator');
  if (first === undefined || !isOpen || !mayDecide) return undefined;
  const hasApproved = acts.some(({ act, by }) => act.act === 'approve' && by === reader.person);
  const form = (act: 'approve' | 'revoke', hint: string, isMain: boolean): Markup =>
    html`<form class="decide" method="post" action="${actPath(id)}">
      <input type="hidden" name="form" value="${reader.form ?? ''}" />
      <button class="${isMain ? 'main' : ''}" name="act" value="${act}">${own[act]}</button>
      <span class="hint">${hint}</span>
    </form>`;
  return html`${first.by === reader.person ? html`<p class="notice unknown">${own.own}</p>` : undefined}
  ${!takesApproval || first.by === reader.person || hasApproved ? undefined : form('approve', own.approveHint, true)}
  ${form('revoke', own.revokeHint, false)}`;
}
