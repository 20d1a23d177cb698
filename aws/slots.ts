/** The slot of each ECS service, changed by one conditional write at a time. */

import type { Abort } from '../core/abort.ts';
import type { Pause } from '../core/pause.ts';
import type { Queue } from '../core/queue.ts';
import {
  abort,
  ask,
  begin,
  type Contender,
  heldBy,
  type Leaving,
  leave,
  pause,
  resume,
  type Slot,
  type SlotChange,
  slotSchema,
} from '../core/slot.ts';
import { type EcsService, serviceKey } from './ecs-service.ts';
import type { Means } from './means.ts';
import { tidegateTable } from './table.ts';

export function slots({ home, open }: Means) {
  const table = open(tidegateTable);
  const keyOf = (service: EcsService) => `slot ${serviceKey(service, home)}`;
  const parse = ({ key: _, version: __, ...slot }: Record<string, unknown>): Slot => slotSchema.parse(slot);
  const change = (service: EcsService, decide: (slot: Slot) => SlotChange): Promise<SlotChange['answers']> =>
    table.change(keyOf(service), (item) => {
      const { slot, answers } = decide(parse(item));
      return { item: { ...slot }, answer: answers };
    });

  return {
    /** Asks for the slot; answers which task tokens now have to be answered, and how. May be repeated. */
    ask: (service: EcsService, asking: Contender, queue: Queue) =>
      change(service, (slot) => ask(slot, asking, queue)),
    /** Gives the slot up; answers whom to tell. May be repeated. */
    leave: (service: EcsService, execution: string, leaving: Leaving) =>
      change(service, (slot) => leave(slot, execution, leaving)),
    /** Lets nobody in but who goes back. Answers the pause that was there before. May be repeated. */
    async pause(service: EcsService, paused: Pause): Promise<Pause | undefined> {
      const before = (await this.look(service)).paused;
      await change(service, (slot) => pause(slot, paused));
      return before;
    },
    /** Ends a pause; answers whom to tell. May be repeated. */
    resume: (service: EcsService) => change(service, resume),
    /** Keeps that somebody wants a release stopped; answers whom to tell. May be repeated. */
    abort: (service: EcsService, wanted: Abort) => change(service, (slot) => abort(slot, wanted)),
    /** Keeps the way back, before anything changes. Throws where the slot is somebody else's by now. May be repeated. */
    begin: (service: EcsService, execution: string, unproved: Parameters<typeof begin>[2], serves: boolean) =>
      change(service, (slot) => ({ slot: begin(slot, execution, unproved, serves), answers: [] })),
    /** Throws where the slot is somebody else's by now: an execution that was stopped may still have a function running. */
    async hold(service: EcsService, execution: string): Promise<void> {
      heldBy(execution, await this.look(service));
    },
    /** Several, in their order; each throws where it is asked for, if what is written is no slot. */
    lookAtAll: async (services: readonly EcsService[]): Promise<(() => Slot)[]> =>
      (await table.readAll(services.map(keyOf))).map((item) => () => parse(item ?? {})),
    look: async (service: EcsService): Promise<Slot> => parse((await table.read(keyOf(service))) ?? {}),
  };
}
