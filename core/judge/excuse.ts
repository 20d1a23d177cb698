/** A failure that something else explains is none, and no pass either: which can be excused, and what becomes of them. */
import type { Turn } from './looks.ts';
import type { ErrorsFinding, Finding, GaugeFinding, LatencyFinding } from './verdict.ts';

export type Excusable = ErrorsFinding | LatencyFinding | GaugeFinding;

/** Failed, and not by a catastrophe, by lost traffic or by what somebody has set as a limit. */
export const isExcusable = (finding: Finding): finding is Excusable =>
  finding.status === 'fail' &&
  ((finding.kind === 'errors' && finding.atLeast === undefined && finding.expectedRequests === undefined) ||
    finding.kind === 'latency' ||
    finding.kind === 'gauge');

/** `why` goes on where the sentence says what rose. */
export function excused<Failed extends Excusable>(finding: Failed, { main }: Turn, why: string): Failed {
  const [rose] = finding.sentence.split(': chance of that');
  return { ...finding, status: main ? 'inconclusive' : 'continue', sentence: rose + why };
}
