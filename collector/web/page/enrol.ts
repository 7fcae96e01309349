import { html, type Markup } from '../html.ts';
import { texts } from '../texts.ts';
import type { PageContext } from './layout.ts';

/** How a host comes to report here. */
export function enrolSteps({ language, url, reader }: PageContext, host = 'web1.example.nl'): Markup | undefined {
  // Customers enrol no hosts.
  if (reader.role === 'reporter') return undefined;
  const [makeToken, enrol, start] = texts[language].enrolSteps;
  return html`<ol class="steps">
    <li>${makeToken} <code>waarborg token create --role enrol --agent ${host}</code></li>
    <li>${enrol} <code>WAARBORG_TOKEN=wbg_enrol_… waarborg enrol --collector ${url}</code></li>
    <li>${start}</li>
  </ol>`;
}
