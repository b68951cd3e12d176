// Which of three worlds an operating system or platform name belongs to: Windows, Apple, or Linux and what is built on it.
//
// Coarser than the names on purpose. A tablet that asks for the desktop page calls itself macOS or Linux, a parser update renames
// "Mac OS" to "macOS": neither is another machine. Crossing from one world to another is.

export type PlatformFamily = 'windows' | 'apple' | 'linux';

const windows = /^win/i;
const apple = /^(?:mac|iphone|ipad|ipod|ios)/i;
const linux = /^(?:linux|android|chrom|cros|ubuntu|debian|fedora|harmony)/i;

/** Family of an operating system ("Mac OS"), a navigator platform ("Win32") or a platform hint ("Chrome OS"); null when unknown. */
export function platformFamily(name: string | null): PlatformFamily | null {
  if (name === null) return null;
  if (windows.test(name)) return 'windows';
  if (apple.test(name)) return 'apple';
  return linux.test(name) ? 'linux' : null;
}

/** True only when both families are known and differ. */
export function familiesDiffer(a: string | null, b: string | null): boolean {
  if (a === b) return false;
  const one = platformFamily(a);
  if (one === null) return false;
  const other = platformFamily(b);
  return other !== null && one !== other;
}
