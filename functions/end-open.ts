/** Releases whose end nobody has seen, or that never came to start. */
import { tellsSlack } from '../core/config.ts';
import { releaseRequestSchema } from '../core/release.ts';
import { cleanUp } from './clean-up.ts';
import { startExecution } from './start-execution.ts';
import type { Place, Sweep } from './sweep.ts';
import { tellRelease } from './tell-release.ts';

/** Whom we could not tell so long after the end is not told any more: alarms have said so for as long. */
const giveUpMs = 2 * 86_400_000;

export interface OpenRelease {
  /** Of its execution. */
  name: string;
  /** As it was written. */
  request: unknown;
}

/** Every open release that is not just running, by the name of its execution. */
export async function releasesLeftOpen(
  places: readonly Place[],
  { aws, attempt }: Sweep,
): Promise<Map<string, OpenRelease>> {
  const open = (await attempt('open releases', () => aws.openReleases.of(places))) ?? [];
  if (open.length === 0) return new Map();
  // One call for a thousand of them.
  const running = await attempt('running executions', () => aws.states.running());
  return new Map(
    open.filter(([name]) => !running?.has(name)).map(([name, request]) => [name, { name, request }]),
  );
}

/** Cleans up behind a release that has ended, or starts one that was never started. */
export async function endOpen(release: OpenRelease, { aws, paces: { executions } }: Sweep): Promise<void> {
  const { name } = release;
  const request = releaseRequestSchema.parse(release.request);
  const execution = await executions(() => aws.states.look(name));
  if (!execution) await startExecution(request, aws);
  if (!execution || execution.status === 'RUNNING') return;
  const old = aws.now() - (execution.stoppedAt ?? Infinity) > giveUpMs;
  const arn = aws.states.arnOf(name);
  const cleaned = async () => {
    await cleanUp(arn, request, execution, aws);
    // Who was to be told as it happened was not, or Slack was away. Who tells of it just now may still fail at it.
    const told = await tellRelease(arn, aws);
    return told !== undefined || !tellsSlack(aws.config);
  };
  const done = await cleaned().catch((error) => {
    if (!old) throw error;
    return true;
  });
  if (!done && !old) return;
  await aws.openReleases.close(request, [name]);
}
