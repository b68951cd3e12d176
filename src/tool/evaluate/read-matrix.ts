// Reads one split of the feature matrix back (see matrix/columns.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MatrixHead } from '../matrix/columns.ts';

export interface Split {
  readonly head: MatrixHead;
  readonly features: Float32Array;
  /** Index into `head.kinds`; 0 is genuine. */
  readonly kind: Uint8Array;
  readonly user: Uint32Array;
  /** What is resampled together: the campaign where there is one, else the user. */
  readonly campaign: Uint32Array;
  readonly history: Uint16Array;
  readonly freeman: Float64Array;
  readonly freemanAttributes: Float64Array;
  readonly rules: Float64Array;
  readonly novelty: Uint8Array;
  readonly tenant: Uint8Array;
}

export function readSplit(folder: string): Split {
  const head = JSON.parse(readFileSync(join(folder, 'matrix.json'), 'utf8')) as MatrixHead;
  // A file's buffer may start anywhere in a pool; a copy is aligned.
  const bytes = (name: string): ArrayBuffer => Uint8Array.from(readFileSync(join(folder, name))).buffer;
  return {
    head,
    features: new Float32Array(bytes('features.f32')),
    kind: new Uint8Array(bytes('kind.u8')),
    user: new Uint32Array(bytes('user.u32')),
    campaign: new Uint32Array(bytes('campaign.u32')),
    history: new Uint16Array(bytes('history.u16')),
    freeman: new Float64Array(bytes('freeman.f64')),
    freemanAttributes: new Float64Array(bytes('freeman_attributes.f64')),
    rules: new Float64Array(bytes('rules.f64')),
    novelty: new Uint8Array(bytes('novelty.u8')),
    tenant: new Uint8Array(bytes('tenant.u8')),
  };
}
