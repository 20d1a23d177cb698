/** A drawing as SVG: whole and by itself, without styles, scripts or fonts from elsewhere. The same drawing gives the same text. */
import type { Drawing, Point, Shape } from './drawing.ts';

export const svg = ({ width, height, title, ink, shapes }: Drawing): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="sans-serif" font-size="12" fill="${ink}"><title>${escaped(title)}</title><rect width="${width}" height="${height}" fill="#ffffff"/>${shapes.map(element).join('')}</svg>\n`;

function element(shape: Shape): string {
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height, fill } = shape;
      return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" fill="${fill}"/>`;
    }
    case 'rule': {
      const [[x1, y1], [x2, y2]] = [shape.from, shape.to];
      const dashes = shape.dashed ? ' stroke-dasharray="3 3"' : '';
      return `<line x1="${fixed(x1)}" x2="${fixed(x2)}" y1="${fixed(y1)}" y2="${fixed(y2)}" stroke="${shape.stroke}"${dashes}/>`;
    }
    case 'curve':
      return `<path d="${shape.runs.map(path).join('')}" fill="none" stroke="${shape.stroke}" stroke-width="1.5"/>`;
    case 'text': {
      const [x, y] = shape.at;
      return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${shape.anchor}">${escaped(shape.text)}</text>`;
    }
  }
}

const path = (points: readonly Point[]) =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${fixed(x)} ${fixed(y)}`).join('');

const fixed = (value: number) => value.toFixed(1);

const escaped = (words: string) =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
