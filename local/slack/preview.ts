/** `npm run slack:preview [file]`: every message that Slack may be told of a release, as one page. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { paint } from '../../core/picture/paint.ts';
import { png } from '../../core/picture/png.ts';
import { chartPicture, pictureComment } from '../../core/telling/chart.ts';
import { releaseMessage } from '../../core/telling/release-message.ts';
import { replies } from '../../core/telling/thread.ts';
import { realClock } from '../clock.ts';
import { contentOf } from './content.ts';
import { dialogSamples } from './dialog-samples.ts';
import { messageStore } from './messages.ts';
import { slackPage } from './page.ts';
import { samples } from './samples.ts';
import { viewStore } from './views.ts';

const file = resolve(process.argv[2] ?? 'slack-preview.html');
const all = samples();
const store = messageStore(
  realClock(),
  all.map(({ name }) => name),
);
let ids = 0;
const newId = () => String(ids++);
for (const { name, told, posted } of all) {
  const channel = store.channel(name);
  const root = releaseMessage(told, posted);
  const picture = told.pictured ? chartPicture(told.record) : undefined;
  if (!channel || !root) throw new Error(`there is nothing to tell of "${name}"`);
  const { ts } = store.post(channel, contentOf({ ...root }, newId));
  for (const { message, broadcast } of replies(told, posted))
    store.post(channel, contentOf({ ...message }, newId), { threadTs: ts, broadcast });
  if (!picture) continue;
  const shared = store.post(channel, { text: pictureComment, blocks: [] }, { threadTs: ts });
  const url = `data:image/png;base64,${Buffer.from(png(paint(picture.drawing))).toString('base64')}`;
  shared.file = { title: 'Metrics', words: picture.words, url };
}
const views = viewStore(realClock(), newId);
const dialogs = Object.entries(dialogSamples()).map(([name, view]) => {
  const shown = views.show({ trigger_id: views.newTrigger({ id: 'U0YOU', username: 'you' }), view });
  return { ...shown, title: `${shown.title}: ${name}` };
});
const page = await slackPage(store, dialogs).text();
// One below the other, not in front of everything.
await writeFile(file, page.replace('<div id="dialogs">', '<div id="dialogs" class="beside">'));
console.log(`${all.length} messages: ${pathToFileURL(file)}`);
