// The committed table ASN -> class (assets/ip/asn-classes.txt): what names and lists say of every network, decided once, so that
// a class is the same on every machine and a change of it is visible in a review.
//
// Format: "#" lines say sources, date and the command that rebuilds it. Then one line per class, "hosting 3i 1 2f ...": the
// ASNs in ascending order as differences in base 36. Networks not in it are newer and are classed from their name by the same rules.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type AsnClass, asnClasses } from '../../../domain/ip-facts.ts';
import { type AsnClassifier, classifyOrganisation } from './asn-class.ts';

export interface AsnClasses {
  readonly classify: AsnClassifier;
  /** First digits of the table's hash; caches made with another table are stale. */
  readonly version: string;
}

const shippedTable = new URL('../../../../assets/ip/asn-classes.txt', import.meta.url);

/** Throws when the table is missing. It is parsed when first asked: a start with a compiled ASN table needs only its version. */
export async function openAsnClasses(path: string | URL = shippedTable): Promise<AsnClasses> {
  const text = await readFile(path, 'utf8');
  let known: ReadonlyMap<number, AsnClass> | null = null;
  return {
    classify(asn, organisation) {
      known ??= parseAsnClasses(text);
      return known.get(asn) ?? classifyOrganisation(organisation);
    },
    version: createHash('sha256').update(text).digest('hex').slice(0, 12),
  };
}

export function formatAsnClasses(comments: readonly string[], classes: ReadonlyMap<number, AsnClass>): string {
  const lines = comments.map((comment) => `# ${comment}`);
  for (const name of asnClasses) {
    const asns = [...classes].filter(([, value]) => value === name).map(([asn]) => asn);
    asns.sort((left, right) => left - right);
    const steps = asns.map((asn, index) => (asn - (asns[index - 1] ?? 0)).toString(36));
    lines.push([name, ...steps].join(' '));
  }
  return `${lines.join('\n')}\n`;
}

export function parseAsnClasses(text: string): Map<number, AsnClass> {
  const classes = new Map<number, AsnClass>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (!/^[a-z]+(?: [0-9a-z]{1,7})*$/u.test(line)) throw new Error(`The table of ASN classes is damaged at "${line.slice(0, 20)}".`);
    const [name, ...steps] = line.split(' ');
    if (!asnClasses.includes(name as AsnClass))
      throw new Error(`The table of ASN classes has an unknown class "${String(name).slice(0, 20)}".`);
    let asn = 0;
    for (const step of steps) {
      asn += Number.parseInt(step, 36);
      if (asn > 0xffffffff || classes.has(asn)) throw new Error(`The table of ASN classes is damaged after AS${asn}.`);
      classes.set(asn, name as AsnClass);
    }
  }
  return classes;
}
