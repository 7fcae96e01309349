const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that `html` made. The class stays in this file, so that nothing else can pass for safe. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}
export type { Markup };

/** What may stand in a slot: markup as it is, text escaped, a list as its items in a row, nothing as nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * Makes HTML in which every value is escaped that is not itself made here, for text and for attributes in quotes.
 *
 * @example html`<a href="${path}">${name}</a>`
 */
export function html(template: TemplateStringsArray, ...slots: readonly Content[]): Markup {
  return new Markup(template.map((text, index) => unindented(text) + written(slots[index])).join(''));
}

/** Indentation is for who reads the source; in a table of thousands of cells it would be most of the page. */
function unindented(text: string): string {
  return text.replace(/\s*\n\s*/g, '\n');
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'object')
    return content instanceof Markup ? content.toString() : content.map(written).join('');
  return String(content).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
