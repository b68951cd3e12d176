// Text and numbers as they stand in the page.
import type { Estimate } from '../statistics.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Nothing of it is markup any more. */
export function markup(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** A cell that says of itself whose it is, because a telephone shows a row below itself. */
function cell(of: string, content: string): string {
  return `<td class="number" data-of="${markup(of)}">${content}</td>`;
}

/** Rows of a title with its meaning and a cell for each of `names`. */
export function table(
  names: readonly string[],
  rows: readonly (readonly [title: string, meaning: string, cells: readonly string[]])[],
): string {
  const head = names.map((name) => `<th scope="col">${markup(name)}</th>`).join('');
  const body = rows.map(
    ([title, meaning, cells]) =>
      `<tr><th scope="row">${title}<small>${meaning}</small></th>${cells.map((content, i) => cell(names[i] ?? '', content)).join('')}</tr>`,
  );
  return `<div class="table"><table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

export function shown({ value, low, high, count }: Estimate): string {
  if (count === 0) return 'not measured';
  return `${value.toFixed(3)} <span class="quiet interval">(${low.toFixed(3)} to ${high.toFixed(3)}, n = ${count})</span>`;
}
