/** A rehearsal: the real state machine, the real functions and SDK clients, in the local world, on virtual time. */

import { openAws } from '../../aws/open.ts';
import { records } from '../../aws/records.ts';
import type { Environment } from '../../core/config.ts';
import type { ReleaseRecord } from '../../core/record.ts';
import type { HistoryEvent } from '../../local/asl/index.ts';
import { account, region } from '../../local/aws-service.ts';
import type { ImageConfig } from '../../local/engine/image-source.ts';
import { attachReport } from '../../local/images/attach-report.ts';
import { buildImage } from '../../local/images/build-image.ts';
import type { Finding } from '../../local/images/findings.ts';
import { pushImage } from '../../local/images/push-image.ts';
import { type PushedVariant, pushVariant } from '../../local/images/push-variant.ts';
import { trivyReport } from '../../local/images/trivy-report.ts';
import type { VariantName } from '../../local/images/variants.ts';
import { stateMachineArn } from '../../local/world.ts';
import { type RehearsalOptions, rehearsedWorld } from './rehearsed-world.ts';
import { address, settle } from './virtual-world.ts';

export { balancer, production, type RehearsalOptions } from './rehearsed-world.ts';

/** A push as an event may report it; what is left out is as it would be. */
interface ReportedPush {
  tag: string;
  digest: string;
  id?: string;
  /** As events have it; now unless given. */
  time?: string;
}

/** What an image is made of, and what its scan report says: nothing unless given. */
interface OwnImage {
  config: ImageConfig;
  architecture?: string;
  findings?: Finding[];
}

/** How an execution ended, and what it left. */
export interface Release {
  executionArn: string;
  status: string;
  outcome: string;
  reason: string;
  record: ReleaseRecord;
  history: HistoryEvent[];
  /** From the start of the execution to its end. */
  seconds: number;
}

const day = 86_400_000;

export async function rehearsal(options: RehearsalOptions = {}) {
  const rehearsed = await rehearsedWorld(options);
  const { clock, world, fetch, ask, calls, running } = rehearsed;

  const executions = async () =>
    (await ask('SFN', 'ListExecutions', { stateMachineArn })).executions as {
      executionArn: string;
      status: string;
      name: string;
    }[];

  /** Lets time pass until every execution has ended. */
  async function ended(limit = 3 * day): Promise<void> {
    await clock.until(() => running.size === 0, limit);
    // What the end sets off: clean-up, the next environment.
    await clock.advance(10_000);
    if (running.size > 0) await ended(limit);
  }

  async function release(executionArn: string): Promise<Release> {
    const { status, output, error, cause, startDate, stopDate } = await ask('SFN', 'DescribeExecution', {
      executionArn,
    });
    const { events } = await ask('SFN', 'GetExecutionHistory', { executionArn, maxResults: 1000 });
    const item = await record(executionArn);
    return {
      executionArn,
      status,
      outcome: item.outcome ?? error ?? status,
      reason: item.reason ?? cause ?? output,
      record: item,
      history: events,
      seconds: (stopDate - startDate) / 1000,
    };
  }

  async function latest(): Promise<Release> {
    const [newest] = await executions();
    if (!newest) throw new Error('no execution was started');
    return release(newest.executionArn);
  }

  async function record(execution: string): Promise<ReleaseRecord> {
    const recorded = openAws(world.surroundings('tests'), { records }).records.of(execution);
    await settle(clock, recorded);
    return recorded;
  }

  return {
    ...rehearsed,
    executions,
    ended,
    release,

    /** As if somebody had changed the environments of the configuration and deployed Tidegate again. */
    reconfigure(changes: Partial<Environment>): void {
      for (const { environments } of Object.values(rehearsed.config.services))
        for (const environment of environments) Object.assign(environment, changes);
      world.reinstall();
    },

    /** Pushes and goes on; `report` as in `npm run push`. */
    async pushOnly(
      variant: VariantName,
      tag: string,
      report?: 'none' | { text: string },
    ): Promise<PushedVariant> {
      const pushing = pushVariant({
        address,
        service: 'my-api',
        variant,
        tag,
        report,
        log: () => {},
        clock,
        fetch,
      });
      await settle(clock, pushing);
      return pushing;
    },

    /** Pushes, lets time pass until the release has ended, and answers how. */
    async push(
      variant: VariantName,
      tag: string,
      report?: 'none' | { text: string },
    ): Promise<Release & { digest: string }> {
      const { digest } = await this.pushOnly(variant, tag, report);
      await clock.advance(2000);
      await ended();
      return { ...(await latest()), digest };
    },

    /** Pushes the same manifest under another tag: same digest, same report. */
    async retag({ image }: Pick<PushedVariant, 'image'>, tag: string): Promise<void> {
      await settle(clock, clock.during(pushImage({ address, repository: 'my-api', fetch, image, tag })));
    },

    /** Pushes an image of another making than the sample's, and goes on. */
    async pushImageOnly(
      tag: string,
      { config, architecture = 'amd64', findings }: OwnImage,
    ): Promise<PushedVariant> {
      const created = new Date(clock.now());
      const image = await buildImage({
        layers: [[{ path: 'app/file', content: 'x' }]],
        config,
        created,
        architecture,
      });
      const { digest } = image.manifest;
      await settle(clock, clock.during(pushImage({ address, repository: 'my-api', fetch, image, tag })));
      await this.attachReport({ digest, tag, image }, findings);
      return { digest, tag, image };
    },

    /** The same, and what becomes of it. */
    async pushImage(tag: string, making: OwnImage): Promise<Release & { digest: string }> {
      const { digest } = await this.pushImageOnly(tag, making);
      await ended();
      return { ...(await latest()), digest };
    },

    /** As a scan in CI would, late. */
    async attachReport({ image, tag }: PushedVariant, findings: Finding[] = []): Promise<void> {
      const createdAt = new Date(clock.now());
      const report = JSON.stringify(trivyReport({ repository: 'my-api', tag, image, findings, createdAt }));
      const attaching = attachReport({
        address,
        repository: 'my-api',
        fetch,
        subject: image.manifest,
        report,
        created: createdAt,
      });
      await settle(clock, clock.during(attaching));
    },

    /** An event of ECR, put on the bus by hand. */
    deliver: async ({ tag, digest, id, time = iso(clock.now()) }: ReportedPush) => {
      const detail = {
        'action-type': 'PUSH',
        result: 'SUCCESS',
        'repository-name': 'my-api',
        'image-tag': tag,
        'image-digest': digest,
      };
      const event = { source: 'aws.ecr', 'detail-type': 'ECR Image Action', resources: [], detail };
      if (id === undefined) world.bus.emit(event);
      else
        await world.lambda.invokeAsync('start-release', {
          ...event,
          id,
          version: '0',
          account,
          region,
          time,
        });
      await clock.advance(2000);
    },

    /** The same, and what becomes of it. */
    async redeliver(push: ReportedPush): Promise<Release> {
      await this.deliver(push);
      await ended();
      return latest();
    },

    /** Stops the running execution that started last, as a person would. */
    async stop(): Promise<void> {
      const found = (await executions()).find(({ status }) => status === 'RUNNING');
      if (!found) throw new Error('no execution is running');
      await ask('SFN', 'StopExecution', { executionArn: found.executionArn });
    },

    /** All releases, the newest first. */
    releases: async (): Promise<Release[]> =>
      Promise.all((await executions()).map(({ executionArn }) => release(executionArn))),

    /** All releases as `tag outcome`, the oldest first. */
    async outcomes(): Promise<string[]> {
      const all = await this.releases();
      return all.reverse().map(({ outcome, record: { request } }) => `${request?.push.tag} ${outcome}`);
    },

    /** Presses a button, and fills in the dialog that it opens, of the newest message in Slack that has one, and speaks of a tag where one is given. */
    async click(
      actionId: string,
      tag = '',
      { by = 'U0YOU', reason = 'not today' }: { by?: string; reason?: string } = {},
    ): Promise<void> {
      const message = world.slack
        .messages()
        .findLast(
          ({ text, blocks }) =>
            text.includes(tag) && JSON.stringify(blocks).includes(`"action_id":"${actionId}"`),
        );
      if (!message) throw new Error(`no message in Slack has a button ${actionId}`);
      const block = (message.blocks as { type: string; block_id: string }[]).find(
        ({ type }) => type === 'actions',
      );
      const { channelId, ts } = message;
      const person = { id: by, username: by };
      const clicking = world.slack.click({
        ...{ channelId, ts, blockId: String(block?.block_id), actionId, by: person },
      });
      await settle(clock, clicking);
      const dialog = world.slack.dialogs().find((one) => one.person.id === by);
      if (dialog) await settle(clock, world.slack.submit(dialog.id, { reason }));
    },

    /** Tasks that no service started. */
    tasksStartedByHand: async (): Promise<string[]> => {
      const family = { cluster: 'main', family: 'my-api', desiredStatus: 'STOPPED' };
      const { taskArns: tasks } = await ask('ECS', 'ListTasks', family);
      if (tasks.length === 0) return [];
      const { tasks: described } = await ask('ECS', 'DescribeTasks', { cluster: 'main', tasks });
      return (described as { group: string; taskArn: string }[])
        .filter(({ group }) => !group.startsWith('service:'))
        .map(({ taskArn }) => taskArn);
    },

    async deleteImage(imageDigest: string): Promise<void> {
      const input = { repositoryName: 'my-api', imageIds: [{ imageDigest }] };
      await world.ecr.service.operations.BatchDeleteImage?.(input);
    },

    /** The digests that running tasks have. */
    async running(cluster = 'main', serviceName = 'my-api'): Promise<string[]> {
      const { taskArns: tasks } = await ask('ECS', 'ListTasks', { cluster, serviceName });
      if (tasks.length === 0) return [];
      const { tasks: described } = await ask('ECS', 'DescribeTasks', { cluster, tasks });
      return (described as { containers: { imageDigest: string }[] }[]).flatMap(({ containers }) =>
        containers.map(({ imageDigest }) => imageDigest),
      );
    },

    /** How often an operation was called since the installation. */
    count: (operation: string) => calls.filter((call) => call.operation === operation).length,
  };
}

const iso = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
