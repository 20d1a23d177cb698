/** Reports of any size, made of real ones: their findings again and again, each time of other packages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Result {
  Vulnerabilities?: { PkgName: string }[];
}

const folder = join(import.meta.dirname, '../../test/fixtures/trivy');
const real = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { Results: Result[] };

/** At most of so many bytes, and nearly so many where findings allow it: one of them has about 3 KB. */
export function reportOf(bytes: number): string {
  if (bytes < 5000) return JSON.stringify(real('clean-alpine-3.14.json'), null, 2);
  const { Results, ...about } = real(
    bytes < 100_000
      ? 'critical-fixed-low-unfixed-debian-buster.json'
      : 'large-critical-unfixed-juice-shop-10.2.0.json',
  );
  const all = Results.flatMap(({ Vulnerabilities = [] }) => Vulnerabilities);
  const Vulnerabilities: unknown[] = [];
  const written = () => JSON.stringify({ ...about, Results: [{ Class: 'lang-pkgs', Vulnerabilities }] });
  let size = written().length;
  for (let index = 0; ; index += 1) {
    const finding = all[index % all.length];
    const round = Math.floor(index / all.length);
    const another = { ...finding, PkgName: round === 0 ? finding?.PkgName : `${finding?.PkgName}-${round}` };
    size += Buffer.byteLength(JSON.stringify(another)) + 1;
    if (size > bytes) return written();
    Vulnerabilities.push(another);
  }
}
