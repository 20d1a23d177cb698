/** What the scan found in this image, and what was let pass. */
import type { ScanVerdict } from '../../../core/scan/verdict.ts';
import { h, link } from './dom.ts';

export function scanPanel({ status, summary, counts, findings, waived, scanner }: ScanVerdict): HTMLElement {
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Scan' },
    h('h2', {}, 'Scan', h('small', {}, scanner ? ` ${scanner.name} ${scanner.version ?? ''}` : '')),
    h('p', {}, verdict(status), ' ', summary),
    counts &&
      h(
        'p',
        { class: 'counts' },
        ...Object.entries(counts).map(([severity, count]) =>
          h('span', { class: count ? severity.toLowerCase() : 'zero' }, `${count} ${severity.toLowerCase()}`),
        ),
      ),
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
    waived.length > 0 && h('h3', {}, 'Waived'),
    waived.length > 0 &&
      table(
        ['Finding', 'Why', 'Answers for it', 'Until'],
        waived.map(({ id, statement, owner, expires }) => [id, statement, owner, expires]),
      ),
  );
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
