// A small made-up Internet for the simulation, so that its tests need none of the large data files.
import type { Site } from '../../src/tool/simulate/world/network-world.ts';
import { countries, type OperatorKind } from '../../src/tool/simulate/world/operators.ts';

export function smallNetworks(): Site[] {
  const sites: Site[] = [];
  const kinds: readonly OperatorKind[] = ['isp', 'mobile', 'campus', 'hosting', 'vpn', 'relay', 'egress'];
  countries.forEach((country, c) => {
    kinds.forEach((kind, k) => {
      for (let operator = 0; operator < 2; operator++) {
        for (let block = 0; block < 30; block++) {
          const shared = {
            country,
            region: `${country}-${block % 3}`,
            city: `${country}-${block % 6}`,
            latitude: 40 + (block % 6),
            longitude: c * 10,
            timeZone: 'Europe/Berlin',
          };
          const asn = 1000 + c * 100 + k * 10 + operator;
          const owner = { asn, kind, country: k < 3 ? country : null, share: operator + 1 };
          sites.push({ operator: owner, version: 4, prefix: `${20 + c}.${k * 20 + operator}.${block}`, ...shared });
          if (block < 10) sites.push({ operator: owner, version: 6, prefix: `2a0${operator}:${c}${k}:${block}`, ...shared });
        }
      }
    });
  });
  return sites;
}
