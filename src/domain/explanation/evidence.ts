// What may be said of each piece of evidence: what kind of thing it is, in which unit it counts, how it is rounded, whether a reader
// may see it, and who could have written it. Explanations, prompts and the checks on a model's words all read these declarations, so
// that none of them guesses from a key's name.
//
// A key is declared per signal, because the same key means different things in different signals (`failures_1h` of an account, an
// address, a network). A test goes over the catalogue and fails where a signal gives evidence that is not declared.
import type { Reason } from '../assessment.ts';
import { allSignals } from '../signal/catalogue.ts';
import type { EvidenceValue } from '../signal/definition.ts';
import { declarationsBySignal } from './evidence-catalogue.ts';
import type { EvidenceDeclaration, EvidenceKind, HandleKind } from './evidence-declaration.ts';

/** Whether bytes of the value could have been written by an attacker: such a value never goes into a prompt. */
export function isAttackerWritable(declaration: EvidenceDeclaration): boolean {
  return declaration.writer === 'text';
}

const signalOfCode: ReadonlyMap<string, string> = new Map(
  allSignals.flatMap((signal) => Object.keys(signal.codes).map((code) => [code, signal.name] as const)),
);

/** Name of the signal that gives a reason code; null for a code of another version. */
export function signalOf(code: string): string | null {
  return signalOfCode.get(code) ?? null;
}

/** Null for a code or key that this version does not know: such evidence is not explained. */
export function declarationOf(code: string, key: string): EvidenceDeclaration | null {
  const signal = signalOfCode.get(code);
  const declarations = signal === undefined ? undefined : declarationsBySignal[signal];
  return declarations !== undefined && Object.hasOwn(declarations, key) ? (declarations[key] as EvidenceDeclaration) : null;
}

/** One piece of evidence of one assessment, by a name that is unique in it: "IMPOSSIBLE_TRAVEL.distance_km". */
export interface EvidenceItem {
  readonly id: string;
  readonly code: string;
  readonly key: string;
  readonly value: EvidenceValue;
  readonly declaration: EvidenceDeclaration;
}

export function evidenceId(code: string, key: string): string {
  return `${code}.${key}`;
}

/** The evidence of a reason that is declared and of the kind that it is declared as, in the order it was given. */
export function evidenceItems(reason: Reason): readonly EvidenceItem[] {
  const { code } = reason;
  return Object.entries(reason.evidence).flatMap(([key, value]) => {
    const declaration = declarationOf(code, key);
    return declaration === null || !fits(declaration, value) ? [] : [{ id: evidenceId(code, key), code, key, value, declaration }];
  });
}

/** Stored records are old or damaged now and then, so a value is used only where it is what it is declared as. */
export function fits(declaration: EvidenceDeclaration, value: EvidenceValue): boolean {
  if (value === null) return true;
  switch (declaration.kind) {
    case 'flag':
      return typeof value === 'boolean';
    case 'token':
      return typeof value === 'string' && (declaration.values as readonly string[]).includes(value);
    case 'tokens':
      return Array.isArray(value) && value.every((item: string) => (declaration.values as readonly string[]).includes(item));
    case 'labels':
      return Array.isArray(value) && value.every((item: unknown) => typeof item === 'string');
    case 'label':
      return typeof value === 'string';
    case 'clock':
      return typeof value === 'string' && /^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(value);
    case 'handle':
      return declaration.handle === 'network'
        ? isWhole(value)
        : typeof value === 'string' && handleForms[declaration.handle as HandleKind].test(value);
    default:
      return typeof value === 'number' && Number.isFinite(value) && (signedKinds.has(declaration.kind) || value >= 0);
  }
}

const signedKinds: ReadonlySet<EvidenceKind> = new Set(['ratio_log', 'scale']);

function isWhole(value: EvidenceValue): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

const handleForms: Readonly<Record<HandleKind, RegExp>> = {
  country: /^[A-Z]{2}$/,
  region: /./s,
  city: /./s,
  network: /^[0-9]+$/,
  time_zone: /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/,
  language: /^[a-z]{2,3}$/,
  screen: /^[0-9]{1,5}x[0-9]{1,5}$/,
};
