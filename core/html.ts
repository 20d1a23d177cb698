/** HTML as text that cannot be mixed up with other text: what is put into a template is escaped unless it is HTML. */

/** Made by `html` only. */
export interface Html {
  readonly markup: string;
}

type Value = Html | readonly Html[] | string | number | undefined;

export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return { markup: String.raw({ raw: parts }, ...values.map(markupOf)) };
}

/** Text that is HTML already: the caller vouches for it. */
export const trusted = (markup: string): Html => ({ markup });

function markupOf(value: Value): string {
  if (value === undefined) return '';
  if (typeof value !== 'object') return escaped(String(value));
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('');
}

export const escaped = (text: string) =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
