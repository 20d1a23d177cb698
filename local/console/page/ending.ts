/** How a release ended, in words, a sign and a tone: nothing is said by colour alone. */
import type { Ending } from '../wire.ts';
import { h } from './dom.ts';

type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'live';

export const endings: Record<Ending, { words: string; sign: string; tone: Tone; means: string }> = {
  Running: { words: 'Running', sign: '●', tone: 'live', means: 'On its way' },
  Deployed: { words: 'Deployed', sign: '✓', tone: 'good', means: 'It serves the users' },
  RolledBack: {
    words: 'Rolled back',
    sign: '↩',
    tone: 'bad',
    means: 'Taken back; what ran before serves the users',
  },
  Rejected: { words: 'Rejected', sign: '✕', tone: 'warn', means: 'A gate said no; nothing was changed' },
  NeedsHuman: {
    words: 'Needs a human',
    sign: '!',
    tone: 'bad',
    means: 'Something must be looked at by a person',
  },
  Superseded: { words: 'Superseded', sign: '»', tone: 'calm', means: 'A newer release took its place' },
  NothingToDo: { words: 'Nothing to do', sign: '–', tone: 'calm', means: 'There was nothing to deploy' },
  Stopped: { words: 'Stopped', sign: '■', tone: 'bad', means: 'The execution was stopped by hand' },
  TimedOut: { words: 'Timed out', sign: '■', tone: 'bad', means: 'The execution ran out of time' },
  Failed: { words: 'Failed', sign: '✕', tone: 'bad', means: 'The execution failed without an outcome' },
};

export function chip(ending: Ending): HTMLElement {
  const { words, sign, tone, means } = endings[ending];
  return h(
    'span',
    { class: `chip ${tone}`, title: means },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    words,
  );
}
