/** How often each judge is wrong, and what it finds. */
import { bar, colours, drawing, margin, text, title, width } from '../drawing.ts';
import { judges, type Measured } from './measure.ts';
import { shareOf } from './report.ts';

const [nameWidth, gap, rowHeight] = [150, 20, 22];
const panel = (width - margin.left - margin.right - nameWidth - gap) / 2;

export function chart(measured: readonly Measured[]): string {
  const left = margin.left + nameWidth - 40;
  const rows = judges.flatMap((judge, index) => {
    const y = 60 + index * rowHeight;
    const wrong = shareOf(measured, judge, 'nothing');
    const found = shareOf(measured, judge, 'errors ×5');
    const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
    const colour = judge === 'Tidegate' ? colours.green : colours.grey;
    return [
      text(left - 8, y + 12, judge, 'end'),
      bar(left, y, Math.max(1, wrong * (panel - 60)), 14, colours.orange),
      text(left + wrong * (panel - 60) + 6, y + 12, percent(wrong)),
      bar(left + panel + gap, y, Math.max(1, found * (panel - 60)), 14, colour),
      text(left + panel + gap + found * (panel - 60) + 6, y + 12, percent(found)),
    ];
  });
  return drawing('False rollbacks and detections of each judge', 60 + judges.length * rowHeight + 16, [
    title(20, 'The judge and others', []),
    text(left, 46, 'taken back although nothing changed'),
    text(left + panel + gap, 46, 'errors times five, found'),
    ...rows,
  ]);
}
