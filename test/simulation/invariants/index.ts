/** What must hold whatever fails. Each looks at a whole story and answers, in sentences, what broke it. */
import type { Story } from '../story.ts';
import { asked } from './asked.ts';
import { changes } from './changes.ts';
import { decisions } from './decisions.ts';
import { pushes } from './pushes.ts';
import type { Invariants } from './reading.ts';
import { records } from './records.ts';
import { slots } from './slots.ts';
import { users } from './users.ts';

const invariants: Invariants = {
  ...pushes,
  ...changes,
  ...slots,
  ...records,
  ...users,
  ...asked,
  ...decisions,
};

/** Every invariant that a story breaks, with its sentences. */
export function broken(story: Story): string[] {
  return Object.entries(invariants).flatMap(([name, holds]) =>
    holds(story).map((what) => `${name}: ${what}`),
  );
}
