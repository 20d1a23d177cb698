/** The dialogs behind "Roll back now", as the local Slack takes them. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../local/clock.ts';
import { dialogSamples } from '../../local/slack/dialog-samples.ts';
import { isInput, viewStore } from '../../local/slack/views.ts';

const bad = `<!channel> \u202e ${'x'.repeat(4000)}`;

function shown(view: object) {
  let ids = 0;
  const views = viewStore(virtualClock(), () => String(ids++));
  return views.show({ trigger_id: views.newTrigger({ id: 'U0ADA', username: 'ada' }), view });
}

const names = Object.keys(dialogSamples());

test.each(names)("Slack's limits are kept, whatever is to be said: %s", (name) => {
  const worst = dialogSamples(() => bad)[name];

  const said = JSON.stringify(shown(worst ?? {}));
  shown(dialogSamples()[name] ?? {});

  expect(said).not.toContain('<!channel>');
  expect(said).not.toContain('\u202e');
});

test('a reason is asked for where something would be done, and only there', () => {
  const asking = names.filter((name) => shown(dialogSamples()[name] ?? {}).blocks.some(isInput));

  expect(asking).toEqual(['what it would go back to', 'with a schema that stays', 'a release under way']);
});
