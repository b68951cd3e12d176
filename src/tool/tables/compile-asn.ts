// Compiles the ASN ranges of the installed npm package ahead of time, so that the first start need not (it takes a second or two).
//
//   node src/tool/tables/compile-asn.ts CACHE_DIRECTORY
import { openAsnClasses } from '../../adapters/ip-database/asn/asn-class-table.ts';
import { openAsnTable } from '../../adapters/ip-database/asn/asn-table.ts';

const [cacheDirectory] = process.argv.slice(2);
if (cacheDirectory === undefined) {
  console.error('Usage: node src/tool/tables/compile-asn.ts CACHE_DIRECTORY');
  process.exitCode = 2;
} else {
  const { classify, version } = await openAsnClasses();
  const table = await openAsnTable({ cacheDirectory, classify, classesVersion: version });
  console.log(`${table.entries} ranges of @ip-location-db/asn ${table.version} are ready in ${cacheDirectory}.`);
}
