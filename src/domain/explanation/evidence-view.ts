// One reason as a story reads it: each question gives words for one piece of evidence, or null where it is absent or not what it is
// declared as, and remembers that it was used, so that a finding can cite what it says.
import type { Reason } from '../assessment.ts';
import type { EvidenceValue } from '../signal/definition.ts';
import { declarationOf, evidenceId, fits } from './evidence.ts';
import type { EvidenceDeclaration } from './evidence-declaration.ts';
import { type Reading, readingOf } from './evidence-reading.ts';
import { inertName } from './inert.ts';
import type { Wording } from './wording.ts';

interface Piece {
  readonly value: Exclude<EvidenceValue, null>;
  readonly declaration: EvidenceDeclaration;
}

export class EvidenceView {
  readonly #reason: Reason;
  readonly #wording: Wording;
  readonly #used: Set<string>;

  /** Adds the ids of what is asked for to `used`. */
  constructor(reason: Reason, wording: Wording, used: Set<string>) {
    this.#reason = reason;
    this.#wording = wording;
    this.#used = used;
  }

  /** The number itself, for comparing; not a use. */
  raw(key: string): number | null {
    const piece = this.#find(key);
    return piece !== null && typeof piece.value === 'number' ? piece.value : null;
  }

  /** A count, rounded as it is said. */
  count(key: string): number | null {
    return this.#reading(key)?.value ?? null;
  }

  /** "8,900 km", "1.2 hours", "4%". */
  amount(key: string): string | null {
    const reading = this.#reading(key);
    return reading === null ? null : this.#wording.amount(reading);
  }

  /** "3 days ago". */
  ago(key: string): string | null {
    const reading = this.#reading(key);
    return reading === null ? null : this.#wording.ago(reading);
  }

  flag(key: string): boolean | null {
    const value = this.#use(key)?.value;
    return typeof value === 'boolean' ? value : null;
  }

  token(key: string): string | null {
    const value = this.#use(key)?.value;
    return typeof value === 'string' ? value : null;
  }

  tokens(key: string): readonly string[] {
    const value = this.#use(key)?.value;
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** A handle or label in words that are safe to show; null also for a name outside the list of those that may be repeated. */
  name(key: string): string | null {
    const piece = this.#find(key);
    const name = piece === null ? null : this.#nameOf(piece);
    if (name !== null) this.#note(key);
    return name;
  }

  #nameOf({ value, declaration }: Piece): string | null {
    switch (declaration.handle) {
      case 'country':
        return this.#wording.country(value as string);
      case 'language':
        return this.#wording.languageName(value as string);
      case 'network':
        return `AS${String(value)}`;
      case 'time_zone':
        return (value as string).replaceAll('_', ' ');
      case 'city':
        return inertName((value as string).slice((value as string).lastIndexOf('/') + 1));
      default:
        return declaration.values === null ? inertName(String(value)) : declaration.values.includes(String(value)) ? String(value) : null;
    }
  }

  #reading(key: string): Reading | null {
    const piece = this.#use(key);
    return piece === null || typeof piece.value !== 'number' ? null : readingOf(piece.declaration, piece.value);
  }

  #use(key: string): Piece | null {
    const piece = this.#find(key);
    if (piece !== null) this.#note(key);
    return piece;
  }

  #note(key: string): void {
    this.#used.add(evidenceId(this.#reason.code, key));
  }

  #find(key: string): Piece | null {
    const { code, evidence } = this.#reason;
    const declaration = declarationOf(code, key);
    const value = Object.hasOwn(evidence, key) ? (evidence[key] as EvidenceValue) : null;
    return declaration === null || value === null || !fits(declaration, value) ? null : { value, declaration };
  }
}
