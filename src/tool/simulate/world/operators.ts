// The network operators of the simulated world: real autonomous systems, so that addresses, operator names and places are real.
//
// Numbers and rough shares come from public routing data and common knowledge of each market; a wrong share changes how
// often an operator is drawn, nothing else.

export type OperatorKind = 'isp' | 'mobile' | 'campus' | 'hosting' | 'vpn' | 'relay' | 'egress';

export interface Operator {
  readonly asn: number;
  readonly kind: OperatorKind;
  /** ISO 3166-1 alpha-2 for consumer operators; null where the network spans the world. */
  readonly country: string | null;
  readonly share: number;
}

/** country: [consumer ISPs], [mobile carriers], [campuses]; each "asn" or "asn*share". */
const consumer: Readonly<Record<string, readonly [string, string, string]>> = {
  US: ['7922*5 7018*4 701*2 20115*2 20001*2 10796 33363 22773*2 209 5650', '21928*3 6167*3 20057*2', '3'],
  GB: ['2856*4 5089*3 5607*3 13285*2 6871', '206067*2 60339 25135*2 35228*2', '786*2'],
  DE: ['3320*5 3209*4 8881*2', '6805*3 3320*2', '680*2'],
  FR: ['3215*4 12322*3 15557*2 5410*2', '51207*2 3215*2', ''],
  NL: ['1136*4 33915*4 50266*2', '31615*2 1136', ''],
  ES: ['3352*4 12479*3 12430*2 57269*2', '12479 12430', ''],
  IT: ['3269*4 12874*2 30722*2 1267*2', '16232*3 1267', '137'],
  PL: ['5617*4 21021', '12912*2 8374*2 39603*3', ''],
  BR: ['28573*4 27699*3 7738*2', '26615*3 26599*3', ''],
  IN: ['24560*3 9829*2 17488', '45609*4 55836*5', ''],
  CA: ['812*3 577*3 852*2 6327*2 5769*2', '36522', ''],
  AU: ['1221*4 7545*3 4764 4804*2', '133612*2', ''],
  JP: ['4713*3 17676*3 2516*3 2527', '9605*3', ''],
  NO: ['2119*4 29695*3', '2119*2', ''],
  SE: ['3301*4 1257*3 8473*2', '44034*2', ''],
  RO: ['8708*5 9050*2', '12302*2 9050', ''],
  DK: ['3292*4', '9158*2', ''],
  ID: ['7713*4 17451', '23693*4', ''],
  MX: ['8151*4 13999*2', '28403*4', ''],
  ZA: ['37457*3 3741*2', '29975*3 16637*2', ''],
  TR: ['9121*4 34984*3', '16135*3 15897*2', ''],
  RU: ['12389*4 25513*2 8402*2', '8359*3 25159*2', ''],
  CN: ['4134*4 4837*3', '9808*3', ''],
  VN: ['45899*3 18403*2', '7552*3', ''],
  NG: [' 36873', '29465*3', ''],
};

/** Hosting networks, providers that rent to VPN services, egress of privacy relays, and of secure web gateways. */
const global: Readonly<Record<'hosting' | 'vpn' | 'relay' | 'egress', string>> = {
  hosting: '16509*4 14618*3 14061*4 16276*3 24940*4 396982*3 8075*3 63949*2 20473*2 51167*2 12876 45090 45102 8560 60781',
  vpn: '9009*4 212238*4 60068*2 136787*3 207137 208172*2 137409*2 39351 49981 206092*2 20473',
  relay: '36183*4 13335*2 54113*2',
  egress: '22616*3 53813*2 62044*2 55256*2 8075 16509',
};

function parse(list: string, kind: OperatorKind, country: string | null): Operator[] {
  return list
    .split(' ')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [asn, share] = entry.split('*');
      return { asn: Number(asn), kind, country, share: share === undefined ? 1 : Number(share) };
    });
}

export const operators: readonly Operator[] = [
  ...Object.entries(consumer).flatMap(([country, [isps, mobiles, campuses]]) => [
    ...parse(isps, 'isp', country),
    ...parse(mobiles, 'mobile', country),
    ...parse(campuses, 'campus', country),
  ]),
  ...Object.entries(global).flatMap(([kind, list]) => parse(list, kind as OperatorKind, null)),
];

export const countries: readonly string[] = Object.keys(consumer);

/** Where attackers who do not care sit: the mix seen in public honeypot and abuse reports, roughly. */
export const attackerCountries: readonly (readonly [string, number])[] = [
  ['US', 14],
  ['CN', 12],
  ['RU', 10],
  ['BR', 8],
  ['IN', 8],
  ['VN', 7],
  ['ID', 6],
  ['RO', 5],
  ['NL', 5],
  ['DE', 5],
  ['NG', 5],
  ['TR', 4],
  ['FR', 3],
  ['GB', 3],
  ['PL', 2],
  ['MX', 2],
  ['ZA', 1],
];

/** Languages that browsers of a country prefer, most common first with weights. */
export const languagesOf: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  US: [
    ['en-US,en;q=0.9', 88],
    ['es-US,es;q=0.9,en;q=0.8', 9],
    ['zh-CN,zh;q=0.9,en;q=0.8', 3],
  ],
  GB: [
    ['en-GB,en;q=0.9', 90],
    ['en-US,en;q=0.9', 7],
    ['pl-PL,pl;q=0.9,en;q=0.8', 3],
  ],
  DE: [
    ['de-DE,de;q=0.9,en;q=0.8', 85],
    ['en-US,en;q=0.9,de;q=0.8', 10],
    ['tr-TR,tr;q=0.9,de;q=0.8', 5],
  ],
  FR: [
    ['fr-FR,fr;q=0.9,en;q=0.8', 92],
    ['en-US,en;q=0.9', 8],
  ],
  NL: [
    ['nl-NL,nl;q=0.9,en;q=0.8', 75],
    ['en-US,en;q=0.9', 25],
  ],
  ES: [
    ['es-ES,es;q=0.9', 90],
    ['en-US,en;q=0.9', 10],
  ],
  IT: [
    ['it-IT,it;q=0.9,en;q=0.8', 94],
    ['en-US,en;q=0.9', 6],
  ],
  PL: [
    ['pl-PL,pl;q=0.9,en;q=0.8', 93],
    ['en-US,en;q=0.9', 7],
  ],
  BR: [
    ['pt-BR,pt;q=0.9,en;q=0.8', 95],
    ['en-US,en;q=0.9', 5],
  ],
  IN: [
    ['en-IN,en;q=0.9', 55],
    ['en-US,en;q=0.9', 25],
    ['hi-IN,hi;q=0.9,en;q=0.8', 20],
  ],
  CA: [
    ['en-CA,en;q=0.9', 60],
    ['en-US,en;q=0.9', 15],
    ['fr-CA,fr;q=0.9,en;q=0.8', 25],
  ],
  AU: [
    ['en-AU,en;q=0.9', 85],
    ['en-US,en;q=0.9', 15],
  ],
  JP: [
    ['ja-JP,ja;q=0.9,en;q=0.8', 96],
    ['en-US,en;q=0.9', 4],
  ],
  NO: [
    ['nb-NO,nb;q=0.9,no;q=0.8,en;q=0.7', 85],
    ['en-US,en;q=0.9', 15],
  ],
  SE: [
    ['sv-SE,sv;q=0.9,en;q=0.8', 85],
    ['en-US,en;q=0.9', 15],
  ],
  RO: [
    ['ro-RO,ro;q=0.9,en;q=0.8', 75],
    ['en-US,en;q=0.9', 25],
  ],
  DK: [
    ['da-DK,da;q=0.9,en;q=0.8', 85],
    ['en-US,en;q=0.9', 15],
  ],
  ID: [
    ['id-ID,id;q=0.9,en;q=0.8', 80],
    ['en-US,en;q=0.9', 20],
  ],
  MX: [
    ['es-MX,es;q=0.9,en;q=0.8', 90],
    ['en-US,en;q=0.9', 10],
  ],
  ZA: [
    ['en-ZA,en;q=0.9', 60],
    ['en-US,en;q=0.9', 40],
  ],
  TR: [
    ['tr-TR,tr;q=0.9,en;q=0.8', 92],
    ['en-US,en;q=0.9', 8],
  ],
  RU: [
    ['ru-RU,ru;q=0.9,en;q=0.8', 95],
    ['en-US,en;q=0.9', 5],
  ],
  CN: [
    ['zh-CN,zh;q=0.9', 90],
    ['en-US,en;q=0.9', 10],
  ],
  VN: [
    ['vi-VN,vi;q=0.9,en;q=0.8', 85],
    ['en-US,en;q=0.9', 15],
  ],
  NG: [
    ['en-GB,en;q=0.9', 45],
    ['en-US,en;q=0.9', 55],
  ],
};
