import type { Language } from '../../../policies/schema.ts';
import { html } from '../html.ts';
import { texts } from '../texts.ts';
import { documentOf } from './layout.ts';

/** Password managers keep a password under a name; a token has none of its own. */
const forPasswordManagers = html`<input type="text" value="waarborg" autocomplete="username" hidden />`;

/** Asks for a token; `refused` after one that was not accepted. */
export function loginPage(language: Language, state: 'asked' | 'refused'): string {
  const t = texts[language];
  const refusal =
    state === 'refused' ? html`<p class="notice fail" id="refusal" role="alert">${t.loginRefused}</p>` : undefined;
  const body = html`<form class="login" method="post" action="/login">
    <h1>${t.loginTitle}</h1>
    ${refusal}
    <p>${t.loginAsk}</p>
    ${forPasswordManagers}
    <label for="token">${t.loginToken}</label>
    <input id="token" name="token" type="password" required autofocus autocomplete="current-password" />
    <button class="main">${t.loginSubmit}</button>
    <p class="hint">${t.loginHow} <code>waarborg token create --role auditor</code></p>
  </form>`;
  return documentOf({ language, title: t.loginTitle, body });
}
