/** The scan gate: what the policy says about a report, or about there being none. */
import * as z from 'zod';
import { type ScanPolicy, type Severity, severities, severitySchema, type Waiver } from '../config.ts';
import { spoken } from '../duration.ts';
import { digestSchema } from '../image.ts';
import { foreignText } from '../source/foreign-text.ts';
import { type Finding, findingsOf, lookedIntoPackages } from './finding.ts';
import { createdAt, type Report } from './report.ts';
import { concerns, holds } from './waiver.ts';

/** A state of Step Functions holds 256 KiB in all: only what people act on travels. */
const shownFindings = 20;
const shownWaivers = 50;
const summaryLimit = 2500;

const text = z.string().max(200);

export const scanVerdictSchema = z.strictObject({
  status: z.enum(['pass', 'fail']),
  /** One sentence, with texts from the report in it: to be escaped where it is shown. */
  summary: z.string().max(summaryLimit),
  /** Distinct identifiers, waived and unfixable ones too. Absent where there was no report: that is not zero. */
  counts: z.record(severitySchema, z.int()).optional(),
  /** The worst that block; `summary` says how many there are. */
  findings: z
    .array(
      z.strictObject({
        id: text,
        severity: severitySchema,
        package: text,
        installed: text,
        fixed: text.optional(),
        title: text.optional(),
        url: text.optional(),
      }),
    )
    .max(shownFindings),
  /** The waivers without which it would have been worse. */
  waived: z
    .array(z.strictObject({ id: text, statement: text, owner: text, expires: z.iso.date() }))
    .max(shownWaivers),
  scanner: z.strictObject({ name: text, version: text.optional() }).optional(),
  /** ms since the epoch. */
  reportCreatedAt: z.int().optional(),
  /** Of the report as it was read; known to who fetched it. */
  reportDigest: digestSchema.optional(),
});
export type ScanVerdict = z.infer<typeof scanVerdictSchema>;

/** Judges a report that is evidence for the image. `now`, in ms since the epoch, decides which waivers hold. */
export function judgeScan(
  report: Report,
  policy: Pick<ScanPolicy, 'block' | 'fixable' | 'waivers'>,
  now: number,
): ScanVerdict {
  const all = findingsOf(report);
  const wouldBlock = all.filter(
    ({ severity, fixable }) => policy.block.includes(severity) && (fixable || policy.fixable === 'any'),
  );
  const inForce = policy.waivers.filter((waiver) => holds(waiver, now));
  const waiverFor = (finding: Finding) => inForce.find((waiver) => concerns(waiver, finding));
  const blocking = worstFirst(wouldBlock.filter((finding) => !waiverFor(finding)));
  const waived = new Set(wouldBlock.map(waiverFor).filter((waiver) => waiver !== undefined));
  // A waiver for a finding that blocks all the same has ended.
  const ended = policy.waivers.filter((waiver) => blocking.some((finding) => concerns(waiver, finding)));
  const waivedIds = distinct(wouldBlock.filter(waiverFor));

  const said = [
    blocking.length > 0 ? blockers(blocking, policy) : nothingBlocks(report, all, policy, waivedIds),
    ...(waivedIds > 0 ? [`${waivedIds} waived`] : []),
    ...ended.map(({ id, expires, owner }) => `the waiver of ${owner} for ${id} ended on ${expires}`),
  ];
  return {
    status: blocking.length > 0 ? 'fail' : 'pass',
    summary: sentence(said.join('; ')),
    counts: counted(all),
    findings: blocking.slice(0, shownFindings).map(({ fixable, purl, ...shown }) => shown),
    waived: [...waived].slice(0, shownWaivers).map(shownWaiver),
    scanner: { name: 'Trivy', version: foreignText(report.Trivy?.Version ?? '') },
    reportCreatedAt: createdAt(report),
  };
}

/** The verdict once the deadline has passed. `refused`: why each report that was found is no evidence. */
export function withoutReport(
  { withoutReport: decision, waitFor }: Pick<ScanPolicy, 'withoutReport' | 'waitFor'>,
  refused: readonly string[],
): ScanVerdict {
  const reasons = refused.map((reason) => foreignText(reason) ?? '');
  const found = reasons.length === 0 ? 'none' : `${reasons.length}, refused: ${listed(reasons, 10)}`;
  return {
    status: decision === 'pass' ? 'pass' : 'fail',
    summary: sentence(
      `no scan report for this image within ${spoken(waitFor)}${decision === 'pass' ? ', which the policy lets pass' : ''}; found ${found}`,
    ),
    findings: [],
    waived: [],
  };
}

const sentence = (words: string) => foreignText(words, summaryLimit) ?? '';

/** The same finding in several files of an image is one row. */
function worstFirst(findings: Finding[]): Finding[] {
  const rank = ({ severity }: Finding) => severities.indexOf(severity);
  const sorted = findings.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      order(a.id, b.id) ||
      order(a.package, b.package) ||
      order(a.installed, b.installed),
  );
  return firstOfEach(sorted, (of) => `${of.id} ${of.package} ${of.installed}`);
}

function blockers(blocking: Finding[], { fixable }: Pick<ScanPolicy, 'fixable'>): string {
  const counts = counted(blocking);
  const numbers = severities.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${name}`);
  const named = firstOfEach(blocking, ({ id }) => id).map(
    (of) => `${of.id} in ${of.package} ${of.installed}${of.fixed ? ` → ${of.fixed}` : ''}`,
  );
  return `${numbers.join(', ')}${withFix(fixable)}: ${listed(named, 3)}`;
}

function nothingBlocks(
  report: Report,
  all: Finding[],
  policy: Pick<ScanPolicy, 'block' | 'fixable'>,
  waived: number,
) {
  const found = distinct(all);
  if (found === 0) {
    return lookedIntoPackages(report)
      ? 'no vulnerabilities'
      : 'no vulnerabilities, but Trivy recognised no packages either';
  }
  const vulnerabilities = found === 1 ? '1 vulnerability' : `${found} vulnerabilities`;
  if (policy.block.length === 0) return `${vulnerabilities}; the policy blocks none`;
  return `no ${waived ? 'other ' : ''}${policy.block.join(' or ')}${withFix(policy.fixable)} among ${vulnerabilities}`;
}

const withFix = (fixable: ScanPolicy['fixable']) => (fixable === 'only' ? ' with a fix' : '');
const order = (a: string, b: string) => Number(a > b) - Number(a < b);
const distinct = (findings: Finding[]) => new Set(findings.map(({ id }) => id)).size;

function counted(findings: Finding[]): Record<Severity, number> {
  const of = (severity: Severity) => distinct(findings.filter((finding) => finding.severity === severity));
  return {
    CRITICAL: of('CRITICAL'),
    HIGH: of('HIGH'),
    MEDIUM: of('MEDIUM'),
    LOW: of('LOW'),
    UNKNOWN: of('UNKNOWN'),
  };
}

function firstOfEach<Item>(items: Item[], key: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size < seen.add(key(item)).size);
}

function listed(texts: string[], shown: number): string {
  const more = texts.length - shown;
  return texts.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function shownWaiver({ id, statement, owner, expires }: Waiver): ScanVerdict['waived'][number] {
  const short = (words: string) => foreignText(words) ?? '';
  return { id: short(id), statement: short(statement), owner: short(owner), expires };
}
