/** Letters as strokes, for where there are no fonts: those of a matrix of 5 by 7 dots, whose neighbouring dots are joined. */
import type { Point } from './drawing.ts';

/** From the space to the tilde: five columns each, whose lowest bit is the top dot, and whose highest is below the base line. */
const columns = [
  '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649552250 0005030000',
  '001c224100 0041221c00 14083e0814 08083e0808 0050300000 0808080808 0060600000 2010080402',
  '3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503',
  '3649494936 064949291e 0036360000 0056360000 0814224100 1414141414 0041221408 0201510906',
  '324979413e 7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a',
  '7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e',
  '7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f',
  '6314081463 0708700807 6151494543 007f414100 0204081020 0041417f00 0402010204 4040404040',
  '0001020400 2054545478 7f48444438 3844444420 384444487f 3854545418 087e090102 18a4a4a47c',
  '7f08040478 00447d4000 4080847d00 7f10284400 00417f4000 7c04180478 7c08040478 3844444438',
  'fc24242418 18242424fc 7c08040408 4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c',
  '4428102844 1ca0a0a07c 4464544c44 0008364100 00007f0000 0041360800 1008081008',
]
  .join(' ')
  .split(' ');

const [width, height] = [5, 8];
/** From one letter to the next, of a dot's width. */
export const advance = width + 1;

/** Strokes of a letter, in dots from its upper left one; what has no letter here is a box. A dot alone is a stroke to itself. */
export function strokesOf(character: string): [from: Point, to: Point][] {
  const letter = columns[character.charCodeAt(0) - 32] ?? '7f4141417f';
  const isOn = (x: number, y: number) =>
    x >= 0 && x < width && ((Number.parseInt(letter.slice(2 * x, 2 * x + 2), 16) >> y) & 1) === 1;
  const strokes: [Point, Point][] = [];
  for (let x = 0; x < width; x += 1)
    for (let y = 0; y < height; y += 1) {
      if (!isOn(x, y)) continue;
      const joined = neighbours.filter(([dx, dy]) => {
        const corner = dx !== 0 && dy !== 0 && (isOn(x + dx, y) || isOn(x, y + dy));
        return isOn(x + dx, y + dy) && !corner;
      });
      const others = joined.filter(([dx, dy]) => dx > 0 || (dx === 0 && dy > 0));
      for (const [dx, dy] of others)
        strokes.push([
          [x, y],
          [x + dx, y + dy],
        ]);
      if (joined.length === 0)
        strokes.push([
          [x, y],
          [x, y],
        ]);
    }
  return strokes;
}

const neighbours = [-1, 0, 1]
  .flatMap((dx) => [-1, 0, 1].map((dy): Point => [dx, dy]))
  .filter(([dx, dy]) => dx !== 0 || dy !== 0);
