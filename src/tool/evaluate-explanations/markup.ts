// Text and numbers as they stand in the page.
import type { Estimate } from './statistics.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Nothing of it is markup any more. */
export function markup(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => entities[character] as string);
}

export function shown({ value, low, high, count }: Estimate): string {
  if (count === 0) return 'not measured';
  return `${value.toFixed(3)} <span class="quiet interval">(${low.toFixed(3)} to ${high.toFixed(3)}, n = ${count})</span>`;
}
