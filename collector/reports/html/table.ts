import { html, type Markup } from '../../web/html.ts';

/** A table that may be wider than a phone. */
export function table(heads: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** On one line. */
export function whole(text: string): Markup {
  return html`<span class="moment">${text}</span>`;
}
