// Browsers, operating systems and screens of the simulated world.
//
// Screen sizes and their weights are condensed from the npm package user-agents 2.1.198 (Intoli, BSD-2-Clause): real browser
// records. Shares of systems and browsers are our own round numbers, because the records over-represent robots that call
// themselves Chrome on a Mac. Version numbers follow the release calendars, so that browsers grow older as simulated time goes on.
import type { Weighted } from '../draw.ts';

export type SoftwareName =
  | 'windows_chrome'
  | 'windows_edge'
  | 'windows_firefox'
  | 'windows_opera'
  | 'mac_chrome'
  | 'mac_safari'
  | 'mac_firefox'
  | 'linux_chrome'
  | 'linux_firefox'
  | 'chromeos_chrome'
  | 'iphone_safari'
  | 'iphone_chrome'
  | 'ipad_safari'
  | 'android_chrome'
  | 'android_samsung'
  | 'android_firefox';

export interface Software {
  readonly name: SoftwareName;
  /** The machine that it runs on: a person's second browser is another software of the same machine. */
  readonly machine: 'windows' | 'mac' | 'linux' | 'chromeos' | 'iphone' | 'ipad' | 'android';
  /** `navigator.platform`. */
  readonly platform: string;
  readonly depth: 24 | 30;
  /** Client hints: the platform, and the brand after "Chromium"; null for browsers that send none. */
  readonly hints: { readonly platform: string; readonly brand: string } | null;
  readonly touch: boolean;
  readonly calendar: 'chrome' | 'firefox' | 'safari' | 'samsung' | 'opera';
  /** `major` of the calendar, `os` a draw that lasts as long as the device, `model` a phone model code. */
  readonly userAgent: (major: number, os: number, model: string) => string;
}

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const appleWebkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const linux = 'Mozilla/5.0 (X11; Linux x86_64';
const iosVersion = (major: number, os: number): string => `${18 + (major > 26 ? 8 : 0)}_${os % 7}`;

function software(
  name: SoftwareName,
  machine: Software['machine'],
  platform: string,
  calendar: Software['calendar'],
  hints: Software['hints'],
  userAgent: Software['userAgent'],
): Software {
  const touch = machine === 'iphone' || machine === 'ipad' || machine === 'android';
  return { name, machine, platform, depth: machine === 'mac' ? 30 : 24, hints, touch, calendar, userAgent };
}

const hint = (platform: string, brand: string): Software['hints'] => ({ platform, brand });

export const softwareByName: Readonly<Record<SoftwareName, Software>> = Object.fromEntries(
  [
    software(
      'windows_chrome',
      'windows',
      'Win32',
      'chrome',
      hint('Windows', 'Google Chrome'),
      (v) => `${windows}) ${webkit} Chrome/${v}.0.0.0 Safari/537.36`,
    ),
    software(
      'windows_edge',
      'windows',
      'Win32',
      'chrome',
      hint('Windows', 'Microsoft Edge'),
      (v) => `${windows}) ${webkit} Chrome/${v}.0.0.0 Safari/537.36 Edg/${v}.0.0.0`,
    ),
    software('windows_firefox', 'windows', 'Win32', 'firefox', null, (v) => `${windows}; rv:${v}.0) Gecko/20100101 Firefox/${v}.0`),
    software(
      'windows_opera',
      'windows',
      'Win32',
      'opera',
      hint('Windows', 'Opera'),
      (v) => `${windows}) ${webkit} Chrome/${v + 15}.0.0.0 Safari/537.36 OPR/${v}.0.0.0`,
    ),
    software(
      'mac_chrome',
      'mac',
      'MacIntel',
      'chrome',
      hint('macOS', 'Google Chrome'),
      (v) => `${mac} ${webkit} Chrome/${v}.0.0.0 Safari/537.36`,
    ),
    software('mac_safari', 'mac', 'MacIntel', 'safari', null, (v, os) => `${mac} ${appleWebkit} Version/${v}.${os % 4} Safari/605.1.15`),
    software(
      'mac_firefox',
      'mac',
      'MacIntel',
      'firefox',
      null,
      (v) => `Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:${v}.0) Gecko/20100101 Firefox/${v}.0`,
    ),
    software(
      'linux_chrome',
      'linux',
      'Linux x86_64',
      'chrome',
      hint('Linux', 'Google Chrome'),
      (v) => `${linux}) ${webkit} Chrome/${v}.0.0.0 Safari/537.36`,
    ),
    software('linux_firefox', 'linux', 'Linux x86_64', 'firefox', null, (v) => `${linux}; rv:${v}.0) Gecko/20100101 Firefox/${v}.0`),
    software(
      'chromeos_chrome',
      'chromeos',
      'Linux x86_64',
      'chrome',
      hint('Chrome OS', 'Google Chrome'),
      (v) => `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/${v}.0.0.0 Safari/537.36`,
    ),
    software(
      'iphone_safari',
      'iphone',
      'iPhone',
      'safari',
      null,
      (v, os) => `Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${appleWebkit} Version/${v}.${os % 5} Mobile/15E148 Safari/604.1`,
    ),
    software(
      'iphone_chrome',
      'iphone',
      'iPhone',
      'chrome',
      null,
      (v, os) =>
        `Mozilla/5.0 (iPhone; CPU iPhone OS ${iosVersion(26, os)} like Mac OS X) ${appleWebkit} CriOS/${v}.0.${6000 + os}.50 Mobile/15E148 Safari/604.1`,
    ),
    software('ipad_safari', 'ipad', 'MacIntel', 'safari', null, (v, os) => `${mac} ${appleWebkit} Version/${v}.${os % 5} Safari/605.1.15`),
    software(
      'android_chrome',
      'android',
      'Linux armv81',
      'chrome',
      hint('Android', 'Google Chrome'),
      (v) => `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/${v}.0.0.0 Mobile Safari/537.36`,
    ),
    software(
      'android_samsung',
      'android',
      'Linux armv81',
      'samsung',
      hint('Android', 'Samsung Internet'),
      (v) => `Mozilla/5.0 (Linux; Android 10; K) ${webkit} SamsungBrowser/${v}.0 Chrome/${v * 6 - 38}.0.0.0 Mobile Safari/537.36`,
    ),
    software(
      'android_firefox',
      'android',
      'Linux armv81',
      'firefox',
      null,
      (v, os) => `Mozilla/5.0 (Android ${12 + (os % 5)}; Mobile; rv:${v}.0) Gecko/${v}.0 Firefox/${v}.0`,
    ),
  ].map((entry) => [entry.name, entry]),
) as Record<SoftwareName, Software>;

/** Computers and phones as people own them. Workplaces have more Windows and Edge (see tenants). */
export const computers: Weighted<SoftwareName> = [
  ['windows_chrome', 40],
  ['windows_edge', 13],
  ['windows_firefox', 5],
  ['windows_opera', 2],
  ['mac_chrome', 14],
  ['mac_safari', 12],
  ['mac_firefox', 1.5],
  ['linux_chrome', 2.5],
  ['linux_firefox', 2],
  ['chromeos_chrome', 3],
];
export const developerComputers: Weighted<SoftwareName> = [
  ['windows_chrome', 18],
  ['windows_firefox', 6],
  ['mac_chrome', 34],
  ['mac_safari', 7],
  ['mac_firefox', 4],
  ['linux_chrome', 17],
  ['linux_firefox', 14],
];
export const phones: Weighted<SoftwareName> = [
  ['iphone_safari', 36],
  ['iphone_chrome', 9],
  ['ipad_safari', 3],
  ['android_chrome', 42],
  ['android_samsung', 7],
  ['android_firefox', 1.5],
];

/** Programs that sign in without a browser: honest scripts and bots use the same. */
export const libraries: readonly string[] = [
  'python-requests/2.32.3',
  'Go-http-client/2.0',
  'okhttp/4.12.0',
  'curl/8.9.1',
  'axios/1.7.7',
  'node',
];

export const screensOf: Readonly<Record<Software['machine'], Weighted<string>>> = {
  windows: [
    ['1920x1080', 55],
    ['1536x864', 12],
    ['2560x1440', 9],
    ['1280x720', 6],
    ['1366x768', 6],
    ['1280x800', 5],
    ['1536x960', 4],
    ['3440x1440', 2],
    ['1707x1067', 2],
    ['1920x1200', 2],
    ['2048x1152', 1],
    ['3840x2160', 1],
  ],
  mac: [
    ['1440x900', 30],
    ['1470x956', 24],
    ['1512x982', 16],
    ['1710x1107', 9],
    ['1728x1117', 8],
    ['1920x1080', 8],
    ['2560x1440', 5],
    ['1680x1050', 3],
  ],
  linux: [
    ['1920x1080', 55],
    ['2560x1440', 18],
    ['1920x1200', 9],
    ['1366x768', 6],
    ['3840x2160', 6],
    ['1680x1050', 3],
  ],
  chromeos: [
    ['1366x768', 60],
    ['1517x852', 13],
    ['1536x960', 8],
    ['1300x730', 7],
    ['1920x1080', 7],
    ['1536x864', 5],
  ],
  iphone: [
    ['402x874', 22],
    ['393x852', 21],
    ['390x844', 20],
    ['414x896', 12],
    ['440x956', 13],
    ['430x932', 9],
    ['428x926', 4],
    ['375x812', 4],
  ],
  ipad: [
    ['820x1180', 40],
    ['810x1080', 25],
    ['834x1194', 15],
    ['1024x1366', 12],
    ['744x1133', 8],
  ],
  android: [
    ['384x832', 22],
    ['360x780', 18],
    ['412x892', 14],
    ['412x915', 12],
    ['360x800', 10],
    ['412x919', 6],
    ['448x998', 6],
    ['393x873', 6],
    ['412x883', 3],
    ['385x833', 3],
  ],
};

const dayMs = 86_400_000;

/** Newest major on a date: a known release and the calendar's pace from there. */
const releases: Readonly<Record<Software['calendar'], readonly [number, number, number]>> = {
  chrome: [Date.UTC(2026, 0, 13), 144, 28],
  firefox: [Date.UTC(2026, 0, 13), 147, 28],
  safari: [Date.UTC(2025, 8, 15), 26, 365],
  samsung: [Date.UTC(2025, 10, 1), 29, 150],
  opera: [Date.UTC(2026, 0, 20), 127, 35],
};

export function newestMajor(calendar: Software['calendar'], atMs: number): number {
  const [fromMs, major, days] = releases[calendar];
  return major + Math.floor((atMs - fromMs) / (days * dayMs));
}
