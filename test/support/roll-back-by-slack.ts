/** Presses "Roll back now" in the local Slack, and fills in its dialog. */
import type { rehearsal } from './rehearsal.ts';
import { settle } from './virtual-world.ts';

type World = Awaited<ReturnType<typeof rehearsal>>;

/** The messages of releases that have the button, the oldest first. */
export const withButton = ({ world }: World) =>
  world.slack.messages().filter(({ blocks }) => JSON.stringify(blocks).includes('"action_id":"roll-back"'));

const dialogOf = ({ world }: World, by: string) =>
  world.slack.dialogs().findLast(({ person }) => person.id === by);

/** What the person's dialog says by now. */
export const dialogText = (world: World, by: string) => JSON.stringify(dialogOf(world, by)?.blocks);

/** Of the newest message that has the button, and speaks of a tag where one is given. */
export async function press(world: World, by: string, tag = '') {
  const message = withButton(world).findLast(({ text }) => text.includes(tag));
  const block = message?.blocks.find(({ type }) => type === 'actions');
  if (!message || !block) throw new Error('no message in Slack has the button');
  const { channelId, ts } = message;
  const place = { channelId, ts, blockId: block.block_id, actionId: 'roll-back' };
  const clicking = world.world.slack.click({ ...place, by: { id: by, username: by } });
  await settle(world.clock, clicking);
  return { status: await clicking, message };
}

export async function submit(world: World, by: string, reason = 'checkout fails') {
  const sending = world.world.slack.submit(String(dialogOf(world, by)?.id), { reason });
  await settle(world.clock, sending);
  return sending;
}

/** Clicks, waits for the dialog to say what would become of it, and fills it in. */
export async function rollBack(world: World, by: string, tag?: string) {
  await press(world, by, tag);
  await world.clock.advance(10_000);
  await submit(world, by);
  await world.clock.advance(10_000);
}
