/** `--baseline`: what a past deployment is compared with instead, as it is typed. */
import { type Baseline, baselineMistake, baselineSchema } from '../../core/judge/baseline.ts';
import type { AnalysisPolicy } from '../../core/judge/policy.ts';
import { BadUse } from '../mistake.ts';

const begins = /^\d{4}-\d\d-\d\dT/;
const duration = /^\d+[smhd]$/;

/**
 * `day`, `week`, `2h`, a time such as `2026-11-20T10:00Z`, or a release's execution: what that was once it was warm. After a
 * slash for how long, else an hour. `stableAt`: when the release of that name was stable.
 */
export async function rebased(
  policy: AnalysisPolicy,
  typed: string | undefined,
  stableAt: (release: string) => Promise<number>,
): Promise<AnalysisPolicy> {
  if (typed === undefined) return policy;
  const { baseline, week, pinned } = await baselineIn(typed, policy, stableAt);
  const mistake = baselineMistake(
    { baseline, ...(week && { week }), ...(pinned && { pinned }) },
    policy.period,
  );
  if (mistake) throw new BadUse(`--baseline ${typed}: ${mistake}`);
  return { ...policy, baseline, week, pinned };
}

async function baselineIn(
  typed: string,
  { warmUp }: AnalysisPolicy,
  stableAt: (release: string) => Promise<number>,
): Promise<Baseline> {
  const [what = '', length = '1h', ...more] = typed.split('/');
  const named = typed === 'day' || typed === 'week' || duration.test(typed);
  const from =
    named || begins.test(what) ? what : new Date((await stableAt(what)) + warmUp * 1000).toISOString();
  const checked = baselineSchema.safeParse(
    named ? typed : { from: from.replace(/\.\d+Z$/, 'Z'), for: length },
  );
  if (checked.success && more.length === 0) return checked.data;
  const said = checked.success ? 'has more than one slash' : checked.error.issues[0]?.message;
  throw new BadUse(
    `--baseline ${typed}: ${said}. Write day, week, 2h, 2026-11-20T10:00Z/1h or the name of a release's execution`,
  );
}
