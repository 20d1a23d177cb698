/** What the charts of the benches are drawn with: SVG as text. */

export const width = 880;
/** What every drawing leaves free at its sides. */
export const margin = { left: 60, right: 20 };

export const colours = {
  blue: '#3b7dd8',
  orange: '#e07b39',
  green: '#2f8f5b',
  grey: '#8a949e',
  grid: '#d8dde3',
  text: '#3a424c',
};

/** `name` is for those who cannot see it. */
export const drawing = (name: string, height: number, parts: string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${name}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');

export const bar = (x: number, y: number, w: number, h: number, colour: string) =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${colour}"/>`;

export const text = (x: number, y: number, what: string, anchor = 'start') =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colours.text}">${what}</text>`;

/** A headline, and what its colours mean. */
export function title(y: number, name: string, legend: [what: string, colour: string][]): string {
  const entries = legend.map(
    ([what, colour], index) =>
      `${bar(margin.left + 240 + index * 130, y - 9, 10, 10, colour)}${text(margin.left + 255 + index * 130, y, what)}`,
  );
  return `${text(margin.left, y, name)}${entries.join('')}`;
}

/** 1, 2 or 5 times a power of ten: what an axis goes up by. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

export const round = (value: number) => Math.round(value * 10) / 10;
