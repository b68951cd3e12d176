// Reads one allow or deny list. Each entry names exactly one of user, ip, asn, country or device, may say why, and may end.
import { type ListEntry, PolicyList } from '../../domain/policy/document.ts';
import { parseIpRange, rangeKey } from '../../domain/policy/ip-range.ts';
import { fieldsOf, instantOf, itemsOf, PolicyProblem, textOf } from './fields.ts';

export const entriesMax = 5000;
const subjects = ['user', 'ip', 'asn', 'country', 'device'] as const;
type Subject = (typeof subjects)[number];

export function readList(value: unknown, path: string): PolicyList {
  const list = new PolicyList();
  itemsOf(value, path, entriesMax).forEach((item, index) => readEntry(list, item, `${path}[${index}]`));
  return list;
}

function readEntry(list: PolicyList, value: unknown, path: string): void {
  const fields = fieldsOf(value, path, [...subjects, 'comment', 'expires']);
  const named = subjects.filter((subject) => fields[subject] !== undefined);
  const subject = named[0];
  if (subject === undefined || named.length > 1) throw new PolicyProblem(`${path} must name exactly one of ${subjects.join(', ')}`);
  if (fields['comment'] !== undefined) textOf(fields['comment'], `${path}.comment`, 500);
  const expires = fields['expires'];
  const entry: ListEntry = { path, expiresAtMs: expires === undefined ? Number.POSITIVE_INFINITY : instantOf(expires, `${path}.expires`) };
  if (!add(list, subject, fields[subject], entry)) throw new PolicyProblem(`${path}.${subject} is in the list twice`);
}

/** False when the list has the same subject already. */
function add(list: PolicyList, subject: Subject, value: unknown, entry: ListEntry): boolean {
  const path = `${entry.path}.${subject}`;
  switch (subject) {
    case 'user':
      return put(list.users, textOf(value, path, 256), entry);
    case 'device':
      return put(list.devices, textOf(value, path, 256), entry);
    case 'country': {
      const country = textOf(value, path, 2);
      if (!/^[A-Z]{2}$/.test(country)) throw new PolicyProblem(`${path} must be an ISO 3166-1 code of two capitals, like DE`);
      return put(list.countries, country, entry);
    }
    case 'asn':
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 4_294_967_295) {
        throw new PolicyProblem(`${path} must be an autonomous system number, like 64500`);
      }
      return put(list.asns, value, entry);
    case 'ip':
      return addRange(list, value, path, entry);
  }
}

function addRange(list: PolicyList, value: unknown, path: string, entry: ListEntry): boolean {
  const parsed = parseIpRange(textOf(value, path, 64));
  if (parsed === null) throw new PolicyProblem(`${path} must be an address or a range, like 203.0.113.0/24 or 2001:db8::/32`);
  if (!parsed.exact)
    throw new PolicyProblem(
      `${path} has bits set behind its prefix length; write the first address of the range (${rangeText(parsed.range)})`,
    );
  return list.addRange(parsed.range, entry);
}

function rangeText(range: NonNullable<ReturnType<typeof parseIpRange>>['range']): string {
  if (range.version === 6) return rangeKey(range).replace(/[0-9a-f]{4}(?=[0-9a-f])/g, '$&:');
  const word = range.words[0] as number;
  return `${[24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.')}/${range.prefixBits}`;
}

function put<K>(entries: Map<K, ListEntry>, key: K, entry: ListEntry): boolean {
  if (entries.has(key)) return false;
  entries.set(key, entry);
  return true;
}
