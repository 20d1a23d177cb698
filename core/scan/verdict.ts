/** The scan gate: what the policy says about a report, or about there being none. */
import * as z from 'zod';
import { spoken } from '../duration.ts';
import { digestSchema } from '../image.ts';
import { foreignText } from '../source/foreign-text.ts';
import { counted, distinct, firstOfEach } from './counting.ts';
import type { Finding, ScanResult, Secret } from './finding.ts';
import type { ScanPolicy } from './policy.ts';
import { severitySchema } from './severity.ts';
import { type Memory, type Sorted, sort } from './sorting.ts';
import { upgradeLine, upgrades } from './upgrade.ts';
import type { Waiver } from './waiver.ts';
import { listed, moment, nothingBlocks, said, sentence, summaryLimit } from './wording.ts';

/** A state of Step Functions holds 256 KiB in all: only what people act on travels. The rest is kept with the whole result. */
const shown = 20;
const shownSecrets = 10;

const text = z.string().max(200);
const milliseconds = z.int();

export const scanVerdictSchema = z.strictObject({
  status: z.enum(['pass', 'fail']),
  /** One sentence, with texts from the report in it: to be escaped where it is shown. */
  summary: z.string().max(summaryLimit),
  /** It would have failed, and the policy only warns. */
  onlyWarned: z.literal(true).optional(),
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
    .max(shown),
  /** Of what blocks, a line for each package: `upgrade minimist to 1.2.6 (2 CRITICAL)`. */
  upgrades: z.array(text).max(shown).optional(),
  /** That block, or that are told of. */
  secrets: z
    .array(z.strictObject({ id: text, path: text, line: z.int().optional() }))
    .max(shownSecrets)
    .optional(),
  /** What is told of and stops nothing, a sentence each. */
  warnings: z.array(z.string().max(500)).max(4).optional(),
  /** The waivers without which it would have been worse. */
  waived: z
    .array(z.strictObject({ id: text, statement: text, owner: text, expires: z.iso.date() }))
    .max(shown),
  /** What would block but for this, in distinct identifiers. Absent where nothing is. */
  ignored: z
    .strictObject({
      /** Nothing can be done about them yet. */
      unfixable: z.int(),
      /** What runs has them too. */
      running: z.int(),
      /** They will block, each from a moment on (ms since the epoch); the first come first. */
      grace: z.int(),
      inGrace: z.array(z.strictObject({ id: text, until: milliseconds })).max(shown),
      /** The scanner was told to leave them out, blocking or not. */
      suppressed: z.int(),
    })
    .optional(),
  scanner: z.strictObject({ name: text, version: text.optional() }).optional(),
  /** ms since the epoch. */
  reportCreatedAt: milliseconds.optional(),
  /** Whose signature of the report was verified. Absent where nobody's was asked for. */
  signedBy: text.optional(),
  /** Where that report is kept, as `s3://…?versionId=…`. */
  evidence: z.string().max(800).optional(),
  /** Of the report as it was read; known to who fetched it. */
  reportDigest: digestSchema.optional(),
});
export type ScanVerdict = z.infer<typeof scanVerdictSchema>;

/** Judges what a scanner says of an image, by the policy and by what is remembered. */
export function judgeScan(result: ScanResult, policy: ScanPolicy, memory: Memory): ScanVerdict {
  const sorted = sort(result, policy, memory);
  const { reasons, warnings, notes } = said(result, policy, sorted);
  const fails = reasons.length > 0;
  const onlyWarned = fails && policy.mode === 'warn';
  const uncompared =
    sorted.blocking.length > 0 && policy.baseline === 'running' && !memory.running
      ? ['what runs has no report to compare with']
      : [];
  const lines = upgrades(sorted.blocking, shown).map(upgradeLine);
  const ignored = ignoredBy(result, sorted);
  return {
    status: fails && !onlyWarned ? 'fail' : 'pass',
    summary: sentence(
      [
        ...(onlyWarned ? ['the policy only warns'] : []),
        ...(fails ? reasons : [nothingBlocks(result, policy, sorted)]),
        ...notes,
        ...uncompared,
        ...warnings.map((warning) => `warning: ${warning}`),
      ].join('; '),
    ),
    ...(onlyWarned && { onlyWarned }),
    counts: counted(result.findings),
    findings: sorted.blocking.slice(0, shown).map(row),
    ...(lines.length > 0 && { upgrades: lines.slice(0, shown).map((line) => short(line)) }),
    ...(sorted.secrets.length > 0 && { secrets: sorted.secrets.slice(0, shownSecrets).map(place) }),
    ...(warnings.length > 0 && { warnings: warnings.map((warning) => short(warning, 500)) }),
    waived: firstOfEach(
      sorted.waived.map(({ waiver }) => waiver),
      (waiver) => JSON.stringify(waiver),
    )
      .slice(0, shown)
      .map(shownWaiver),
    ...(ignored && { ignored }),
    scanner: result.scanner,
    reportCreatedAt: result.createdAt,
  };
}

/** The verdict once the deadline has passed. `refused`: why each report that was found is no evidence. `pending`: what is still not there, and where. */
export function withoutReport(
  { withoutReport: decision, waitFor, mode }: Pick<ScanPolicy, 'withoutReport' | 'waitFor' | 'mode'>,
  refused: readonly string[],
  pending: readonly string[] = [],
): ScanVerdict {
  const reasons = refused.map((reason) => foreignText(reason) ?? '');
  const missing =
    pending.length === 0
      ? ''
      : ` (${listed(
          pending.map((each) => short(each, 500)),
          3,
        )})`;
  const found =
    reasons.length === 0 ? `none${missing}` : `${reasons.length}, refused: ${listed(reasons, 10)}`;
  const passes = decision === 'pass' || mode === 'warn';
  const allowed = decision === 'pass' ? ', which the policy lets pass' : ', of which the policy only warns';
  return {
    status: passes ? 'pass' : 'fail',
    summary: sentence(
      `no scan report for this image within ${spoken(waitFor)}${passes ? allowed : ''}; found ${found}`,
    ),
    ...(passes && decision === 'reject' && { onlyWarned: true }),
    findings: [],
    waived: [],
  };
}

/** The verdict on an image that somebody goes back to and that is not known to have passed: in an outage nobody waits for a scanner. */
export const deployedBefore: ScanVerdict = {
  status: 'pass',
  summary: 'not judged again: it was deployed here before',
  findings: [],
  waived: [],
};

/** The verdict on an image that passed in this environment before: it may always be gone back to. `at`: when, ms since the epoch. */
export function passedBefore({ summary, findings, ...verdict }: ScanVerdict, at: number): ScanVerdict {
  const again = `passed here on ${moment(at)}, and what passed is not judged again: ${summary}`;
  return { ...verdict, summary: sentence(again), findings };
}

function ignoredBy(
  { suppressed }: ScanResult,
  { unfixable, inRunning, inGrace }: Sorted,
): ScanVerdict['ignored'] {
  const patient = firstOfEach(
    inGrace.toSorted((one, other) => one.until - other.until),
    ({ finding }) => finding.id,
  );
  if (unfixable.length + inRunning.length + patient.length + suppressed === 0) return undefined;
  return {
    unfixable: distinct(unfixable),
    running: distinct(inRunning),
    grace: patient.length,
    inGrace: patient.slice(0, shown).map(({ finding: { id }, until }) => ({ id, until })),
    suppressed,
  };
}

const row = ({ fixable, purl, paths, ...of }: Finding): ScanVerdict['findings'][number] => of;
const place = ({ id, path, line }: Secret) => ({ id, path, ...(line !== undefined && { line }) });
const short = (words: string, limit?: number) => foreignText(words, limit) ?? '';

function shownWaiver({ id, statement, owner, expires }: Waiver): ScanVerdict['waived'][number] {
  return { id: short(id), statement: short(statement), owner: short(owner), expires };
}
