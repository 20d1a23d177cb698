/** The people of a plan, as far as they use Tidegate: they push images, and answer in Slack what they are asked. */
import { pushVariant } from '../../local/images/push-variant.ts';
import { address, type VirtualWorld } from '../support/virtual-world.ts';
import { serviceOf } from './config.ts';
import { decideBy } from './deciders.ts';
import type { Plan, PushPlan } from './plan.ts';
import type { PlayedPush } from './story.ts';

/** Resolves when it is there. */
export async function pushing(
  { clock, config, fetch }: VirtualWorld,
  push: PushPlan,
  say: (what: string) => void,
): Promise<PlayedPush> {
  const service = serviceOf(config, push);
  const tagName = `v1.0.${push.tag}`;
  say(`${service}:${tagName} is pushed, ${push.variant}, report ${push.report}`);
  const at = clock.now();
  const report =
    push.report === 'none' ? 'none' : push.report === 'broken' ? { text: '{"SchemaVersion": 1}' } : undefined;
  const { digest } = await pushVariant({
    address,
    service,
    variant: push.variant,
    tag: tagName,
    report,
    log: () => {},
    clock,
    fetch,
  });
  return { ...push, tagName, digest, at };
}

/** Somebody who reads Slack once a minute, while `answering`, or whoever decides by rules. */
export function approve(
  virtual: VirtualWorld,
  { approver, deciders }: Plan,
  say: (what: string) => void,
  answering: () => boolean,
): void {
  const { clock, world } = virtual;
  if (deciders) {
    decideBy(deciders, virtual, say, answering);
    return;
  }
  if (approver.answer === 'sleeps') return;
  const asked = new Set<string>();
  const look = () => {
    if (!answering()) return;
    for (const { channelId, ts, blocks } of world.slack.messages()) {
      const block = (blocks as { type: string; block_id: string }[] | undefined)?.find(
        ({ type }) => type === 'actions',
      );
      if (!block || asked.has(ts)) continue;
      const seconds = Number(approver.afterSeconds[asked.size % approver.afterSeconds.length]);
      asked.add(ts);
      const actionId = approver.answer === 'approves' ? 'approve' : 'reject';
      clock.after(seconds * 1000, () => {
        say(`a person ${approver.answer}`);
        void world.slack.click({ channelId, ts, blockId: block.block_id, actionId }).then(
          async (answer) => {
            const dialog = world.slack.dialogs().at(-1);
            const sent = dialog ? await world.slack.submit(dialog.id, { reason: 'not today' }) : answer;
            // Slack says that it did not work: they try again.
            if (sent !== 200 || world.slack.dialogs().some(({ id }) => id === dialog?.id)) asked.delete(ts);
          },
          () => {},
        );
      });
    }
    clock.after(60_000, look);
  };
  look();
}
