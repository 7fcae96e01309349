import { expect, test } from 'vitest';
import { html } from '../../../collector/web/html.ts';

test('a value is escaped, as text and as an attribute in quotes', () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;';
  expect(html`<a title="${hostile}">${hostile}</a>`.toString()).toBe(`<a title="${escaped}">${escaped}</a>`);
});

test('markup goes in as it is, and what it holds is escaped once', () => {
  expect(html`<p>${html`<b>${'<'}</b>`}</p>`.toString()).toBe('<p><b>&lt;</b></p>');
});

test('a list is its items in a row, nested or not, and nothing is nothing', () => {
  expect(html`${[html`<i>1</i>`, '<', [2]]}${undefined}`.toString()).toBe('<i>1</i>&lt;2');
});

test('an object that only looks like markup is not taken for it', () => {
  const pretended = { toString: () => '<script>' };
  // @ts-expect-error No caller can write this; a value that was cast must still not get through.
  expect(() => html`${pretended}`.toString()).toThrow(TypeError);
});

test('indentation of the source does not go out, that of a value does', () => {
  const markup = html`<ul>
    <li>${'two\n  lines'}</li>
  </ul>`;
  expect(markup.toString()).toBe('<ul>\n<li>two\n  lines</li>\n</ul>');
});
