/** Several people who decide approvals by rules, each in their own time and by their own door: as Slack users, or with `tidegate approve`. */
import * as fc from 'fast-check';
import { approvalDoor } from '../../aws/approval-door.ts';
import { openAws } from '../../aws/open.ts';
import type { ConfigInput } from '../../core/config.ts';
import type { CommandAnswer } from '../../functions/events/on-approval-command.ts';
import { account } from '../../local/aws-service.ts';
import type { VirtualWorld } from '../support/virtual-world.ts';

export interface DecidersPlan {
  /** How many have to approve. */
  approvals: 1 | 2;
  onExpiry: 'reject' | 'approve';
  /** Nobody approves in the first ten minutes. */
  waitTimer: boolean;
  breakGlass: boolean;
  /** Where ECS shifts traffic: in the middle of the deployment instead of before it. */
  atPauses: boolean;
  /** The same person may come twice, and by both doors. */
  deciders: Decider[];
}

export interface Decider {
  who: Person;
  door: 'slack' | 'command';
  /** Who insists breaks the glass where a gate holds the release. */
  does: 'approves' | 'rejects' | 'insists';
  /** After they first see that somebody is asked. */
  afterSeconds: number;
}

const persons = ['ada', 'bob', 'eve'] as const;
export type Person = (typeof persons)[number];
/** Eve works here, too, but it is not for her to decide. */
export const allowed: readonly Person[] = ['ada', 'bob'];

const slackId = (who: Person) => `U0${who.toUpperCase()}`;
const principal = (who: Person) => `arn:aws:iam::${account}:user/${who}`;
const who = { slackUsers: allowed.map(slackId), principals: allowed.map(principal) };

export const people: NonNullable<ConfigInput['people']> = Object.fromEntries(
  persons.map((name) => [name, { slack: slackId(name), principals: [principal(name)] }]),
);

/** The person behind an actor, as the doors name them. */
export const personOf = (actor: string): Person | undefined =>
  persons.find((name) => actor === `slack:${slackId(name)}` || actor === principal(name));

export const rulesOf = (
  { approvals, onExpiry, waitTimer, breakGlass, atPauses }: DecidersPlan,
  shifting: boolean,
) => ({
  approval: {
    ...({ timeout: '1h', approvals, onExpiry, who, at: atPauses && shifting ? 'pause' : 'start' } as const),
    ...(waitTimer && { waitTimer: '10m' }),
  },
  ...(breakGlass && { breakGlass: { who, timeout: '1h' } }),
});

const decider: fc.Arbitrary<Decider> = fc.record({
  who: fc.constantFrom<Person>('ada', 'ada', 'bob', 'bob', 'eve'),
  door: fc.constantFrom('slack', 'command'),
  does: fc.constantFrom('approves', 'insists', 'insists', 'insists', 'rejects'),
  afterSeconds: fc.constantFrom(0, 30, 700, 3600),
});
export const deciders: fc.Arbitrary<DecidersPlan | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      approvals: fc.constantFrom(1, 2),
      onExpiry: fc.constantFrom('reject', 'reject', 'approve'),
      waitTimer: fc.boolean(),
      breakGlass: fc.boolean(),
      atPauses: fc.boolean(),
      deciders: fc.array(decider, { minLength: 2, maxLength: 5 }),
    }),
  },
);

const reason = 'there is a reason';
/** How often somebody tries again what did not work: with pauses of a minute, past every wait timer. */
const patience = 15;

/** Until nobody is `answering` any more. */
export function decideBy(
  { deciders }: DecidersPlan,
  virtual: VirtualWorld,
  say: (what: string) => void,
  answering: () => boolean,
): void {
  for (const { who, door, does, afterSeconds } of deciders) {
    const { look, attempt } = door === 'slack' ? inSlack(who, does, virtual) : byCommand(who, does, virtual);
    const met = new Set<string>();
    const decide = async (id: string, tries: number): Promise<void> => {
      say(`${who} wants to ${does} by ${door}`);
      const done = await attempt(id).catch(() => false);
      if (!done && tries < patience && answering())
        virtual.clock.after(60_000, () => void decide(id, tries + 1));
    };
    const minute = async (): Promise<void> => {
      if (!answering()) return;
      for (const id of await look().catch(() => [])) {
        if (met.has(id)) continue;
        met.add(id);
        virtual.clock.after(afterSeconds * 1000, () => void decide(id, 1));
      }
      virtual.clock.after(60_000, () => void minute());
    };
    void minute();
  }
}

const actionsOf = {
  approves: ['approve'],
  rejects: ['reject'],
  insists: ['break-glass', 'approve'],
} as const;

/** Nobody tries again what they are told is not for them, or over. */
const isFinal = (says = 'try again') => !/try again|can be approved in/i.test(says);

interface Door {
  /** What may be decided now. */
  look: () => Promise<string[]>;
  /** Whether it was taken, or is over. */
  attempt: (id: string) => Promise<boolean>;
}

function inSlack(by: Person, does: Decider['does'], { world: { slack } }: VirtualWorld): Door {
  const asking = () =>
    slack.messages().flatMap(({ channelId, ts, blocks }) => {
      const actions = (blocks as Actions[] | undefined)?.find(({ type }) => type === 'actions');
      const actionId = actionsOf[does].find((id) =>
        actions?.elements.some(({ action_id }) => action_id === id),
      );
      return actions && actionId ? [{ channelId, ts, blockId: actions.block_id, actionId }] : [];
    });
  return {
    look: async () => asking().map(({ ts }) => ts),
    async attempt(id) {
      const button = asking().find(({ ts }) => ts === id);
      if (!button) return true;
      await slack.click({ ...button, by: { id: slackId(by), username: by } });
      const dialog = slack.dialogs().find(({ person }) => person.id === slackId(by));
      if (!dialog) return isFinal(slack.messages().find(({ ts }) => ts === id)?.whisper);
      return (await slack.submit(dialog.id, { reason })) === 200;
    },
  };
}
interface Actions {
  type: string;
  block_id: string;
  elements: { action_id: string }[];
}

function byCommand(by: Person, does: Decider['does'], { world }: VirtualWorld): Door {
  const send = async (command: object) => {
    const { approvalDoor: door } = openAws(world.surroundings(by), { approvalDoor });
    return (await door.send(command)) as CommandAnswer;
  };
  return {
    look: async () => (await send({ action: 'list' })).approvals.map(({ approvalId }) => approvalId),
    async attempt(approvalId) {
      const [seen] = (await send({ action: 'show', approvalId })).approvals;
      if (!seen || seen.answer) return true;
      const [strongest] = actionsOf[does];
      const action = strongest === 'break-glass' ? (seen.held ? 'break glass' : 'approve') : strongest;
      return isFinal((await send({ action, approvalId, ...(action !== 'approve' && { reason }) })).says);
    },
  };
}
