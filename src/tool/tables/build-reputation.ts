// Rebuilds the committed snapshot of hosting, CDN, VPN, relay and Tor addresses in assets/ip/.
//
//   pip download --no-deps iporigin && unzip iporigin-*.whl -d UNPACKED
//   node src/tool/tables/build-reputation.ts UNPACKED [--vpn DATE FILE...]
//
// UNPACKED is the unpacked wheel of PyPI's iporigin (MIT), whose table is made of provider feeds and CC0 lists, and of lists that
// its NOTICE says it uses by permission: what may hold those is left out, and a provider that this file does not know ends
// the build, so that somebody reads the NOTICE first. FILE... are the VPN prefixes of X4BNet/lists_vpn (MIT) as of DATE.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AddressWords, parsePrefix } from '../../adapters/ip-database/address-text.ts';
import { buildRangeTable, type RangeEntry } from '../../adapters/ip-database/range-builder.ts';
import { type ListLabel, packList, type ReputationList } from '../../adapters/ip-database/reputation-list.ts';
import type { ListKind } from '../../domain/ip-facts.ts';

interface Labelled {
  readonly provider: string;
  readonly kind: string;
}

// Of NOTICE section 3, all or (Akamai) in part: used by permission only, so not ours to pass on.
const permissionOnly = 'Akamai,BunnyCDN,BuyVM,CDN77,Cogent,Contabo,DataCamp,GTHost,GleSYS,Melbicom,Scalaxy,Vercel'.split(',');
// Of NOTICE sections 1 and 2: the operators' own feeds, and CC0 aggregations.
const mayShip =
  'Alibaba Cloud,Amazon AWS,Amazonbot,Apple Private Relay,Applebot,Bingbot,ClaudeBot,Cloudflare,Common Crawl,DigitalOcean,DuckDuckBot,Fastly,GPTBot,Gcore,GitHub,Google,Google Cloud,Googlebot,Hetzner,Huawei Cloud,IBM Cloud,Internet Archive,Leaseweb,Linode,Meta,Microsoft Azure,Mullvad,OVHcloud,Oracle Cloud,PerplexityBot,ProtonVPN,Rackspace,Scaleway,Tencent Cloud,Tor,UpCloud,Vultr'.split(
    ',',
  );
const directory = new URL('../../../assets/ip/', import.meta.url);

async function main(args: readonly string[]): Promise<void> {
  const [unpacked, flag, date, ...files] = args;
  if (unpacked === undefined) throw new Error('Name the folder of the unpacked iporigin wheel.');
  const origin = await readOrigin(unpacked);
  await writeFile(
    new URL('reputation-iporigin.bin', directory),
    packList(origin, { source: `PyPI ${origin.name}`, licence: 'MIT; data: provider feeds and CC0-1.0 lists, see NOTICE' }),
  );
  report(origin);
  if (flag !== '--vpn') return;
  const builtAtMs = Date.parse(`${date ?? ''}T00:00:00Z`);
  if (Number.isNaN(builtAtMs) || files.length === 0) throw new Error('After --vpn: a date like 2026-08-22, then files.');
  const vpn = await readVpn(builtAtMs, files);
  await writeFile(
    new URL('reputation-x4bnet-vpn.bin', directory),
    packList(vpn, { source: 'X4BNet/lists_vpn: output/vpn', licence: 'MIT' }),
  );
  report(vpn);
}

function report(list: ReputationList): void {
  console.log(
    `${list.name}: ${list.labels.length} lists, ${list.table.entries} ranges, as of ${new Date(list.builtAtMs).toISOString().slice(0, 10)}`,
  );
}

/** The wheel's table: "<8sHQHII" header, labels "provider\tkind", then IPv4 and IPv6 records (its _data.py describes it). */
async function readOrigin(unpacked: string): Promise<ReputationList> {
  const info = (await readdir(unpacked)).find((name) => /^iporigin-[\d.]+\.dist-info$/u.test(name));
  if (info === undefined) throw new Error(`${unpacked} holds no unpacked iporigin wheel.`);
  const version = info.slice('iporigin-'.length, -'.dist-info'.length);
  const bytes = await readFile(join(unpacked, 'iporigin', 'data', 'ranges.bin'));
  if (bytes.toString('latin1', 0, 8) !== 'IPORIGIN' || bytes.readUInt16LE(8) !== 1)
    throw new Error('The table has an unknown format; read its _data.py.');
  const builtAtMs = Number(bytes.readBigUInt64LE(10)) * 1000;
  let at = 28;
  const labels: Labelled[] = [];
  for (let count = bytes.readUInt16LE(18); count > 0; count -= 1) {
    const length = bytes.readUInt16LE(at);
    const [provider = '', kind = ''] = bytes.toString('utf8', at + 2, at + 2 + length).split('\t');
    labels.push({ provider, kind });
    at += 2 + length;
  }
  const strangers = labels.filter(({ provider }) => !mayShip.includes(provider) && !permissionOnly.includes(provider));
  if (strangers.length > 0)
    throw new Error(`New providers, read the NOTICE first: ${strangers.map(({ provider }) => provider).join(', ')}`);
  const kept = labels.filter(({ provider }) => mayShip.includes(provider));
  const valueOf = (label: number): number => kept.indexOf(labels[label] as Labelled);
  const entries: RangeEntry[] = [];
  for (let count = bytes.readUInt32LE(20); count > 0; count -= 1, at += 10) {
    const value = valueOf(bytes.readUInt16LE(at + 8));
    if (value >= 0) entries.push({ first: [bytes.readUInt32LE(at)], last: [bytes.readUInt32LE(at + 4)], value });
  }
  for (let count = bytes.readUInt32LE(24); count > 0; count -= 1, at += 34) {
    const value = valueOf(bytes.readUInt16LE(at + 32));
    if (value >= 0) entries.push({ first: wordsAt(bytes, at), last: wordsAt(bytes, at + 16), value });
  }
  const name = `iporigin ${version}`;
  return { name, builtAtMs, labels: kept.map((label) => listLabel(label, name)), isCounted: false, table: buildRangeTable(entries) };
}

function wordsAt(bytes: Buffer, at: number): AddressWords {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)];
}

/** Names an analyst can read. A crawler's machine is a hosting machine: nobody signs in from there. */
function listLabel({ provider, kind }: Labelled, source: string): ListLabel {
  if (provider === 'Apple Private Relay') return { kind: 'relay', name: `Apple Private Relay exits (${source})` };
  const kinds: Readonly<Record<string, [ListKind, string]>> = {
    hosting: ['hosting', 'addresses'],
    cdn: ['cdn', 'edge addresses'],
    vpn: ['vpn', 'exits'],
    tor: ['tor', 'exits'],
    bot: ['hosting', 'crawler addresses'],
  };
  const known = kinds[kind];
  if (known === undefined) throw new Error(`"${provider}" is of an unknown kind "${kind}".`);
  return { kind: known[0], name: `${provider} ${known[1]} (${source})` };
}

async function readVpn(builtAtMs: number, files: readonly string[]): Promise<ReputationList> {
  const entries: RangeEntry[] = [];
  for (const file of files) {
    for (const line of (await readFile(file, 'utf8')).split('\n')) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const range = parsePrefix(line.trim());
      if (range === null) throw new Error(`${file} has a line that is no prefix: ${line.slice(0, 60)}`);
      entries.push({ ...range, value: 0 });
    }
  }
  return {
    name: 'X4BNet VPN',
    builtAtMs,
    labels: [{ kind: 'vpn', name: 'VPN networks (X4BNet)' }],
    isCounted: false,
    table: buildRangeTable(entries),
  };
}

await main(process.argv.slice(2));
