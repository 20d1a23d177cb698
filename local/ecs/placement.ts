/** Whether Fargate has room for one more task. Endless, until a rehearsal says otherwise. */

import type { Store } from './store.ts';

export interface Capacity {
  /** How many tasks there may be at once, of all services. */
  tasks: number;
  /** As the event on the bus has it; `RESOURCE:FARGATE` where absent. */
  reason?: string;
  /** As a service's event and RunTask word it; that of a Fargate without capacity where absent. Ends without a full stop. */
  message?: string;
}

export interface Placement {
  set(capacity: Capacity | undefined): void;
  /** How many of so many tasks can be placed now. */
  room(wanted: number): number;
  readonly reason: string;
  readonly message: string;
}

export function placement({ tasks }: Pick<Store, 'tasks'>): Placement {
  let capacity: Capacity | undefined;
  const placed = () => tasks.values().filter(({ record }) => record.view.lastStatus !== 'STOPPED');
  return {
    set(given) {
      capacity = given;
    },
    room: (wanted) =>
      capacity ? Math.min(wanted, Math.max(0, capacity.tasks - [...placed()].length)) : wanted,
    get reason() {
      return capacity?.reason ?? 'RESOURCE:FARGATE';
    },
    get message() {
      return (
        capacity?.message ??
        'Capacity is unavailable at this time. Please try again later or in a different availability zone'
      );
    },
  };
}
