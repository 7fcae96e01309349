import { explain } from '../../../policies/explain.ts';
import type { Reason } from '../../../policies/reasons.ts';
import type { Language } from '../../../policies/schema.ts';
import { compareVerdicts } from '../../../policies/verdict.ts';
import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';
import type { Freshness } from '../../state/fleet.ts';
import type { ShownControl } from '../views.ts';
import { symbol } from './verdict.ts';

/** Past this many, a list of reasons is folded. */
const unfolded = 8;

type Reasoned = Pick<ShownControl, 'reasons'>;

/** All reasons of a control, worst first. */
export function reasonList(control: Reasoned, freshness: Freshness['state'], language: Language): Markup {
  const lines = reasonLines(control, freshness, language);
  const rest = lines.slice(unfolded);
  return html`<ul class="reasons">
      ${lines.slice(0, unfolded)}
    </ul>
    ${rest.length > 0 ? folded(rest, language) : undefined}`;
}

/** The worst reason of a control alone. */
export function worstReason(control: Reasoned, freshness: Freshness['state'], language: Language): Markup {
  return html`<ul class="reasons">
    ${reasonLines(control, freshness, language)[0]}
  </ul>`;
}

function folded(lines: readonly Markup[], language: Language): Markup {
  return html`<details>
    <summary>${texts[language].moreReasons(lines.length)}</summary>
    <ul class="reasons">
      ${lines}
    </ul>
  </details>`;
}

function reasonLines({ reasons }: Reasoned, freshness: Freshness['state'], language: Language): Markup[] {
  return reasons
    .toSorted((a, b) => compareVerdicts(a.verdict, b.verdict))
    .map((reason) => {
      const subject = reason.subject === undefined ? undefined : html`<b>${reason.subject}</b>: `;
      return html`<li>${marker(reason, freshness)} <span>${subject}${explain(reason, language)}</span></li>`;
    });
}

/** What was found on a host that is stale or whose clock is wrong is told, but nothing of it is ticked off. */
function marker({ verdict }: Reason, freshness: Freshness['state']): Markup {
  const stands = freshness === 'fresh' || (freshness === 'clock-ahead' && verdict === 'fail');
  return stands ? symbol(verdict) : html`<span class="symbol past" aria-hidden="true">·</span>`;
}
