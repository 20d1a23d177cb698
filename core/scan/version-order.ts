/** Which of two versions is later, well enough for every kind of package: numbers by value, words by whether they come before a release. */

/** -1, 0 or 1. An epoch as Debian and RPM have it goes before everything. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [parts(one), parts(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = comparePart(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** The first number behind the epoch: fixes are made for several of them side by side. */
export const lineOf = (version: string): string => parts(version)[1] ?? '';

const beforeRelease = /^(a|alpha|b|beta|c|rc|cr|m|milestone|dev|pre|preview|canary|nightly|snapshot|next)$/;

function parts(version: string): string[] {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?v?(.*)$/su.exec(version.toLowerCase()) ?? [];
  return [epoch, ...(rest.match(/\d+|[a-z]+|~/g) ?? [])];
}

function comparePart(one: string | undefined, other: string | undefined): number {
  const ranks = Math.sign(rank(one) - rank(other));
  if (ranks !== 0 || one === undefined || other === undefined) return ranks;
  if (!/^\d/.test(one)) return order(one, other);
  const [a, b] = [one.replace(/^0+(?=\d)/, ''), other.replace(/^0+(?=\d)/, '')];
  return Math.sign(a.length - b.length) || order(a, b);
}

/** What is over stands between what comes before a release and what comes after it. */
function rank(part: string | undefined): number {
  if (part === undefined) return 0;
  if (part === '~') return -2;
  if (/^\d/.test(part)) return 2;
  return beforeRelease.test(part) ? -1 : 1;
}

const order = (one: string, other: string) => Number(one > other) - Number(one < other);
