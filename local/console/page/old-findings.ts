/** Findings of earlier versions, as they are written today. */
import type { Finding } from '../../../core/judge/verdict.ts';

/** Errors and latency once were all there was, and their names said what they are. */
export function findingsIn(metrics: readonly Finding[]): Finding[] {
  return metrics.map((finding) => ({ ...finding, kind: kindOf(finding) }) as Finding);
}

const kindOf = ({ kind, name }: { kind?: string; name: string }) => kind ?? name;
