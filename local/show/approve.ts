/** The person that environments with an approval ask: whoever looks at the Slack page, or the show where nobody does. */
import { approvalActions } from '../../core/approval/message.ts';
import type { StoredBlock } from '../slack/blocks.ts';
import type { ShowWorld } from './show-world.ts';
import type { Terminal } from './terminal.ts';

/** Time for somebody to read the message, open the page and press the button themselves. */
const patienceSeconds = { watched: 60, unwatched: 1 };

/** From now on each question is answered, at the latest by the show. Answers what ends that. */
export function approving(
  { address, slack }: Pick<ShowWorld, 'address' | 'slack'>,
  screen: Terminal,
  watched: boolean,
): () => void {
  const seconds = watched ? patienceSeconds.watched : patienceSeconds.unwatched;
  const asked = new Map<string, number>();
  const told = (text: string) => screen.tell('   ', 3, text, 'dim');

  const looking = setInterval(() => {
    for (const { channelId, ts, blocks } of slack.messages()) {
      const blockId = blocks.find(asks)?.block_id;
      if (blockId === undefined) continue;
      const since = asked.get(ts);
      if (since === undefined) {
        asked.set(ts, Date.now());
        if (watched) told(`Press Approve at ${address}/slack: after ${seconds} s the show does it for you.`);
      } else if (Date.now() - since >= seconds * 1000) {
        asked.set(ts, Number.POSITIVE_INFINITY);
        told(`${watched ? 'Nobody has' : 'Nobody looks'}: the show presses Approve.`);
        // Somebody may be quicker by a moment, and then there is no button any more.
        void slack.click({ channelId, ts, blockId, actionId: approvalActions.approve }).catch(() => {});
      }
    }
  }, 250);
  return () => clearInterval(looking);
}

const asks = (block: StoredBlock): boolean =>
  block.type === 'actions' && block.elements.some(({ action_id }) => action_id === approvalActions.approve);
