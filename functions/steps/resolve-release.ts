/** From the pushed tag to a digest, its commit and the environment's settings; or a reason why there is nothing to do. */
import * as z from 'zod';
import { ecr } from '../../aws/ecr.ts';
import { ecs } from '../../aws/ecs.ts';
import type { Aws } from '../../aws/gateways.ts';
import { imageFacts } from '../../aws/images.ts';
import { commitBehind } from '../../aws/provenance.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { abortOf, abortSentence } from '../../core/abort.ts';
import { environmentOf } from '../../core/config.ts';
import { mayGoBack } from '../../core/earlier-release.ts';
import { ReleaseRejected, Transient } from '../../core/errors.ts';
import { pinnedImage, shortDigest } from '../../core/image.ts';
import { deployable } from '../../core/push/deployable.ts';
import { lateWarning } from '../../core/push/late.ts';
import {
  type Before,
  type Release,
  type ReleaseRequest,
  releaseRequestSchema,
  releaseSchema,
  requestedAt,
  targetOf,
  targetsOf,
} from '../../core/release.ts';
import { called, unprovedOf } from '../../core/slot.ts';
import { compareLink } from '../../core/source/commit.ts';
import { lambda } from '../lambda.ts';
import { passedBefore } from '../passed-before.ts';
import { runningImage } from '../running-image.ts';
import { defineStep } from '../step.ts';

const resolvedSchema = z.strictObject({
  decision: z.enum(['deploy', 'skip', 'soak']),
  /** Why there is nothing to do. */
  reason: z.string().optional(),
  /** How long until it has run in the environment before for long enough. */
  soakSeconds: z.int(),
  release: releaseSchema,
});

export const resolveRelease = defineStep({
  name: 'ResolveRelease',
  uses: { ecr, ecs, records, slots },
  input: z.strictObject({ request: releaseRequestSchema }),
  output: resolvedSchema,
  errors: ['Transient', 'Throttled', 'ReleaseRejected'],
  run: async ({ request }, aws, { arn }): Promise<z.output<typeof resolvedSchema>> => {
    const { push, promotedFrom, rollback } = request;
    const { service, environment } = environmentOf(aws.config, request.service, request.environment);
    const targets = targetsOf(service, environment);
    const [target, ...others] = targets;
    const [running, ...runningOthers] = await Promise.all(targets.map((one) => runningImage(aws, one)));
    if (!running) throw new Error('an environment has at least one ECS service');
    const tag = deployable(push.tag, service.tags, service.latest);
    const warnings = [
      ...(tag.yes && tag.warning ? [tag.warning] : []),
      ...(request.seenLate ? [lateWarning] : []),
    ];
    const release: Release = {
      service: request.service,
      environment: request.environment,
      tag: push.tag,
      digest: push.digest,
      image: pinnedImage(push, push.digest),
      pushedAt: requestedAt(request),
      ...(rollback && { rollback: true }),
      commit: {},
      ...(warnings.length > 0 && { warnings }),
      target,
      ...(others.length > 0 && { others }),
      architecture: running.architecture,
      ...(running.digest && { runningDigest: running.digest }),
      settings: {
        // Who may ask for a rollback has decided.
        approval: environment.approval?.at === 'start' && !rollback,
        approvalTimeoutSeconds: environment.approval?.timeout ?? 0,
        // A rollback pauses like every deployment, and is let go on without anybody.
        ...(environment.approval?.at === 'pause' && { asksAtPauses: true }),
        ...(environment.breakGlass && !rollback && { breakGlass: true }),
        // An older version's migration knows nothing of what a later one did.
        releaseTask: environment.releaseTask !== undefined && !rollback,
        smokeTests: environment.smoke !== undefined,
        analysis: environment.analysis !== undefined,
      },
    };
    const skip = (reason: string) => ({ decision: 'skip', reason, soakSeconds: 0, release }) as const;

    if (rollback) mayGoBack(request, await aws.records.of(rollback.to), aws.now());
    if (!tag.yes && !rollback) return skip(tag.reason);
    // These carry a digest that was deployed already; where its tag points by now says nothing.
    const again = promotedFrom !== undefined || rollback !== undefined;
    const tagged = again ? undefined : await aws.ecr.tagged(push, push.tag);
    if (!again && !tagged) {
      if (aws.now() - push.pushedAt < 60_000)
        throw new Transient(`ECR does not show the tag ${push.tag} yet`);
      return skip(`the tag ${push.tag} is no longer in ECR`);
    }
    if (tagged && tagged.digest !== push.digest) {
      return skip(`the tag ${push.tag} has been pushed again and is now ${shortDigest(tagged.digest)}`);
    }

    const commitIn = async (digest: string) => {
      const read = { tag: push.tag, architecture: running.architecture };
      return commitBehind(aws.ecr, push, await imageFacts(aws.ecr, push, digest, read));
    };
    const slot = await aws.slots.look(target);
    const all = [running, ...runningOthers];
    const runs = all.every(({ digest, taskDefinitionArn }, index) => {
      const unproved = unprovedOf(slot, String(targets[index]?.service), target.service);
      return digest === push.digest && unproved?.taskDefinitionArn !== taskDefinitionArn;
    });
    if (runs) return skip(`${shortDigest(push.digest)} runs already`);
    const pushedAt = new Map<string, number | undefined>();
    for (const { digest } of all)
      if (digest && !pushedAt.has(digest)) pushedAt.set(digest, await aws.ecr.pushedAt(push, digest));
    if ([...pushedAt.values()].some((at) => at !== undefined && at > release.pushedAt))
      return skip('what runs was pushed later');
    const { unpassed, before: passed } = await passedBefore(request, aws);
    const exempt = rollback !== undefined;
    if (unpassed && !exempt && !environment.breakGlass) throw new ReleaseRejected(unpassed);
    if (passed && !exempt && environment.soak !== undefined) {
      const abort = abortOf(slot, arn);
      if (abort) throw new ReleaseRejected(abortSentence(abort));
      const soaking = await soak(aws, request, passed, environment.soak);
      if (soaking) return { ...soaking, release };
    }
    const runningPushedAt = pushedAt.get(running.digest ?? '');

    const { url: _, ...commit } = await commitIn(push.digest);
    const ran = running.digest && runningPushedAt ? await commitIn(running.digest) : undefined;
    const compareUrl = compareLink(commit.source, ran?.revision, commit.revision);
    return {
      decision: 'deploy',
      soakSeconds: 0,
      release: {
        ...release,
        commit: { ...commit, ...(compareUrl && { compareUrl }) },
        ...(passed && { before: passed }),
        ...(unpassed && !exempt && { unpassed, settings: { ...release.settings, held: true } }),
      },
    };
  },
});

/** Then it looks again: somebody may have stopped it, or the environment before may run something else. */
const soakRoundSeconds = 900;

/** Undefined where it has run before for long enough, and still does. */
async function soak(
  { config, now, slots }: Pick<Aws, 'config' | 'now' | 'slots'>,
  { service, push }: ReleaseRequest,
  { environment, deployedAt }: Before,
  seconds: number,
): Promise<Pick<z.output<typeof resolvedSchema>, 'decision' | 'reason' | 'soakSeconds'> | undefined> {
  const earlier = environmentOf(config, service, environment);
  const { deployed } = await slots.look(targetOf(earlier.service, earlier.environment));
  if (deployed && deployed.push.digest !== push.digest) {
    const reason = `${environment} runs ${called(deployed)} by now: what it ran before is not promoted`;
    return { decision: 'skip', reason, soakSeconds: 0 };
  }
  const left = Math.ceil((deployedAt - now()) / 1000 + seconds);
  return left > 0 ? { decision: 'soak', soakSeconds: Math.min(left, soakRoundSeconds) } : undefined;
}

export const handler = lambda(resolveRelease);
