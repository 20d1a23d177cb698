/** What the scan found in this image, and what was let pass. */
import type { ScanVerdict } from '../../../core/scan/verdict.ts';
import { h, link } from './dom.ts';

export function scanPanel(scan: ScanVerdict): HTMLElement {
  const { status, summary, counts, findings, waived, scanner, signedBy, evidence } = scan;
  const { upgrades = [], secrets = [] } = scan;
  const source = [
    scanner && `${scanner.name} ${scanner.version ?? ''}`.trim(),
    signedBy && `signed by ${signedBy}`,
  ];
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Scan' },
    h('h2', {}, 'Scan', h('small', { title: evidence }, ` ${source.filter(Boolean).join(', ')}`)),
    h('p', {}, verdict(status), ' ', summary),
    counts &&
      h(
        'p',
        { class: 'counts' },
        ...Object.entries(counts).map(([severity, count]) =>
          h('span', { class: count ? severity.toLowerCase() : 'zero' }, `${count} ${severity.toLowerCase()}`),
        ),
      ),
    upgrades.length > 0 && h('ul', {}, ...upgrades.map((line) => h('li', {}, line))),
    findings.length > 0 &&
      table(
        ['Finding', 'Severity', 'Package', 'Installed', 'Fixed in'],
        findings.map(({ id, severity, package: name, installed, fixed, url, title }) => [
          h('span', { title }, link(url, id)),
          severity.toLowerCase(),
          name,
          installed,
          fixed ?? '–',
        ]),
      ),
    secrets.length > 0 &&
      table(
        ['Secret', 'File', 'Line'],
        secrets.map(({ id, path, line }) => [id, path, String(line ?? '–')]),
      ),
    waived.length > 0 && h('h3', {}, 'Waived'),
    waived.length > 0 &&
      table(
        ['Finding', 'Why', 'Answers for it', 'Until'],
        waived.map(({ id, statement, owner, expires }) => [id, statement, owner, expires]),
      ),
    ...notCounted(scan),
  );
}

/** What would block but for something, and why. */
function notCounted({ ignored }: ScanVerdict): HTMLElement[] {
  if (!ignored) return [];
  const { unfixable, running, suppressed, inGrace } = ignored;
  const lines = [
    unfixable > 0 && `${unfixable} without a fix: nothing can be done about them yet`,
    running > 0 && `${running} that what runs has too`,
    suppressed > 0 && `${suppressed} that the scanner was told to leave out`,
    ...inGrace.map(({ id, until }) => `${id} until ${new Date(until).toLocaleString()}`),
  ].filter((line) => line !== false);
  return [h('h3', {}, 'Not counted'), h('ul', {}, ...lines.map((line) => h('li', {}, line)))];
}

/** `pass` and `fail` with a sign, as all verdicts are shown. */
export const verdict = (status: string) =>
  h(
    'b',
    { class: `verdict ${status}` },
    { pass: '✓ pass', fail: '✕ fail', continue: '◔ too early to say' }[status] ?? `? ${status}`,
  );

export const table = (heads: string[], rows: (string | Node)[][]) =>
  h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, cell))))),
    ),
  );
