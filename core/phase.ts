/** Where a release is, in a word: read from its record alone, so that everybody who looks at one record says the same. */
import * as z from 'zod';
import type { ReleaseRecord } from './record.ts';
import { releaseSchema } from './release.ts';

/** In the order in which a release comes to them. It passes some over, and never goes back. */
export const phases = [
  /** Its scan report is waited for, or judged. */
  'Scanning',
  'AwaitingApproval',
  /** Another release is being deployed. */
  'AwaitingSlot',
  /** It has the slot: what would change is looked up, and its release task runs. */
  'Preparing',
  'Deploying',
  /** Its endpoints are asked. */
  'Testing',
  /** Users are moved to it, bit by bit or after a while. */
  'Shifting',
  /** Its metrics are held against those before. */
  'Comparing',
  /** Its tasks are watched, and its proof is looked for. */
  'Confirming',
  'RollingBack',
  'Ended',
] as const;
export const phaseSchema = z.enum(phases);
export type Phase = z.infer<typeof phaseSchema>;

const status = z.looseObject({ status: z.string().optional(), decision: z.string().optional() });
/** What the gate holds may be let through by people, where the environment has it so. */
const heldSchema = z.looseObject({ breakGlass: z.boolean().optional(), held: z.boolean().optional() });
const resolvedSchema = z.looseObject({ decision: z.string(), release: releaseSchema.loose() });

/** What is to be deployed; undefined before that is known, and where there is nothing to do. */
export function releaseIn({ steps }: Pick<ReleaseRecord, 'steps'>) {
  const { data } = resolvedSchema.safeParse(steps.ResolveRelease);
  return data?.decision === 'deploy' ? data.release : undefined;
}

/** Undefined where there is nothing to tell: nothing is known yet, or the push changes nothing and has not ended. */
export function phaseOf(record: ReleaseRecord): Phase | undefined {
  const { steps, outcome, queuedAt } = record;
  if (outcome !== undefined) return 'Ended';
  const release = releaseIn(record);
  if (!release) return undefined;
  const { approval, smokeTests, analysis } = release.settings;
  const { breakGlass = false, held = false } = heldSchema.parse(release.settings);
  const of = (state: string) => status.safeParse(steps[state]).data ?? {};
  const is = (state: string, ...wanted: string[]) => wanted.includes(of(state).status ?? '');

  if (isTakenBack(steps)) return 'RollingBack';
  if (steps.ConfirmRelease || is('AwaitDeployment', 'proved')) return 'Confirming';
  if (steps.CompareMetrics) return 'Comparing';
  const tested = !smokeTests || is('RunSmokeTests', 'pass');
  if (is('AwaitDeployment', 'serving')) return analysis ? 'Comparing' : 'Shifting';
  if (is('AwaitDeployment', 'paused')) return is('RunSmokeTests', 'pass') ? 'Shifting' : 'Deploying';
  if (is('AwaitDeployment', 'testable')) return tested ? 'Shifting' : 'Testing';
  if (is('AwaitDeployment', 'stable')) {
    if (!tested) return 'Testing';
    return analysis ? 'Comparing' : 'Confirming';
  }
  if (is('StartDeployment', 'started')) return 'Deploying';
  if (is('AcquireSlot', 'granted')) return 'Preparing';
  if (queuedAt !== undefined) return 'AwaitingSlot';
  const asked =
    (approval && is('CheckScan', 'pass')) ||
    (breakGlass && (is('CheckScan', 'fail') || (held && is('CheckScan', 'pass'))));
  return asked ? 'AwaitingApproval' : 'Scanning';
}

/** Something said that what was deployed does not stay. */
function isTakenBack(steps: ReleaseRecord['steps']): boolean {
  const of = (state: string) => status.safeParse(steps[state]).data ?? {};
  const says = (state: string, ...wanted: string[]) => wanted.includes(of(state).status ?? '');
  return (
    steps.RollBack !== undefined ||
    says('StartDeployment', 'gives way') ||
    says('AwaitDeployment', 'failed', 'gives way') ||
    says('RunSmokeTests', 'fail') ||
    of('CompareMetrics').decision === 'take back' ||
    says('ConfirmRelease', 'refuted', 'gives way')
  );
}
