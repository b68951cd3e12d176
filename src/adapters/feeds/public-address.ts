// Which addresses the feed downloader may connect to. A feed's server can redirect, and its name can resolve, to an address
// inside the operator's network; fetching from there would make this tool a way in.
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

// IANA's special-purpose registries: everything that is not a server on the internet.
const notPublic = new BlockList();
const special4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
// 64:ff9b::/96 and 2002::/16 carry IPv4 addresses of any kind inside.
const special6 =
  '::/96 ::1/128 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 fc00::/7 fe80::/10 fec0::/10 ff00::/8';
for (const [list, family] of [
  [special4, 'ipv4'],
  [special6, 'ipv6'],
] as const) {
  for (const prefix of list.split(' ')) {
    const [address = '', length = ''] = prefix.split('/');
    notPublic.addSubnet(address, Number(length), family);
  }
}

/** False for text that is no address. An IPv4-mapped IPv6 address is judged as IPv4. */
export function isPublicAddress(text: string): boolean {
  const family = isIP(text);
  return family !== 0 && !notPublic.check(text, family === 4 ? 'ipv4' : 'ipv6');
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A resolver for sockets that refuses a name if any of its addresses is not public. Checked where the connection is made, so
 * that a name that changes its mind between check and use gains nothing. */
export function lookupPublic(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, []);
    const inside = addresses.find(({ address }) => !isPublicAddress(address));
    if (inside !== undefined) return callback(new Error(`${hostname} resolves to ${inside.address}, which is not public`), []);
    const first = addresses[0];
    if (first === undefined) return callback(new Error(`${hostname} has no address`), []);
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
}
