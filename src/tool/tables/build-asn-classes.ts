// Rebuilds the committed table of ASN classes from the names of the installed @ip-location-db/asn and lists of hosting networks.
//
//   node src/tool/tables/build-asn-classes.ts LIST...
//
// Each LIST is a text file that names one hosting ASN per line ("AS64500 # name" or "64500,name"); a network's count of lists
// weighs against its name (asn-class.ts). The committed table was made with brianhama/bad-asn-list (MIT) and the datacenter and
// VPN ASNs of X4BNet/lists_vpn (MIT; both of its files count as one list).
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AsnClass } from '../../domain/ip-facts.ts';
import { classifyOrganisation } from '../../adapters/ip-database/asn/asn-class.ts';
import { formatAsnClasses } from '../../adapters/ip-database/asn/asn-class-table.ts';
import { readOrganisations } from '../../adapters/ip-database/asn/asn-compile.ts';

// Networks whose registered name hides what they are: the mobile networks of groups that name every network alike.
const known: readonly [number, AsnClass, string][] = [
  [6167, 'mobile', 'Verizon Wireless, registered as Verizon Business'],
  [22394, 'mobile', 'Verizon Wireless, registered as Verizon Business'],
  [20057, 'mobile', 'AT&T Mobility, registered as AT&T Enterprises'],
  [9644, 'mobile', 'SK Telecom'],
  [26615, 'mobile', 'TIM Brasil'],
  [12576, 'mobile', 'EE'],
];

const target = new URL('../../../assets/ip/asn-classes.txt', import.meta.url);

async function main(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) throw new Error('Name at least one list of hosting ASNs.');
  const packageDirectory = fileURLToPath(new URL('.', import.meta.resolve('@ip-location-db/asn/package.json')));
  const { version } = JSON.parse(await readFile(join(packageDirectory, 'package.json'), 'utf8')) as { version: string };
  const organisations = await readOrganisations(packageDirectory);
  const listings = await countListings(paths);
  const classes = new Map<number, AsnClass>();
  for (const [asn, name] of organisations) {
    classes.set(asn, classifyOrganisation(name, { lists: listings.get(asn) ?? 0 }));
  }
  // Listed networks that announce nothing today may tomorrow.
  for (const asn of listings.keys()) if (!organisations.has(asn)) classes.set(asn, 'hosting');
  for (const [asn, name] of known) classes.set(asn, name);
  const comments = [
    `Class of each network (ASN), ${new Date().toISOString().slice(0, 10)}. Rebuild: node src/tool/tables/build-asn-classes.ts LIST...`,
    `Names: @ip-location-db/asn ${version}, CC BY 4.0 (RouteViews, DB-IP, NRO). Lists: ${paths.map((path) => basename(path)).join(', ')}; see NOTICE.`,
    'Per class: ASNs in ascending order, as differences in base 36.',
  ];
  await writeFile(target, formatAsnClasses(comments, classes));
  const counts = new Map<string, number>();
  for (const name of classes.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  console.log(`${organisations.size} networks: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`);
}

/** ASN to how many lists name it. Files of one publisher ("x4bnet_...") say the same thing twice, so they count once. */
async function countListings(paths: readonly string[]): Promise<Map<number, number>> {
  const publishers = new Map<number, Set<string>>();
  for (const path of paths) {
    const publisher = basename(path).split('_')[0] ?? path;
    for (const line of (await readFile(path, 'utf8')).split('\n')) {
      const asn = Number(/^(?:AS)?(\d{1,10})\b/u.exec(line)?.[1] ?? 0);
      if (asn < 1 || asn > 0xffffffff) continue;
      const naming = publishers.get(asn) ?? new Set<string>();
      publishers.set(asn, naming.add(publisher));
    }
  }
  return new Map([...publishers].map(([asn, naming]) => [asn, naming.size]));
}

await main(process.argv.slice(2));
