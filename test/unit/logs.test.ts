/** What containers wrote is foreign text: it is shown in Slack, in the console and in the record. */
import { expect, test } from 'vitest';
import { logs } from '../../aws/logs.ts';
import { openAws } from '../../aws/open.ts';
import { surroundings } from '../support/surroundings.ts';

function tailOf(messages: string[]): Promise<string[]> {
  const send = async () => ({ events: messages.map((message) => ({ message })) });
  const makeClient = () => ({ send, config: {} }) as never;
  return openAws(surroundings({ makeClient }), { logs }).logs({}).tail('/ecs/my-api', 'stream', 20);
}

test('lines are cut, colours are taken out, and what is nothing but control characters is left out', async () => {
  const lines = await tailOf(['\u001b[31mlisten EADDRINUSE\u001b[0m', '\u0007\u0000', 'x'.repeat(400)]);

  expect(lines).toEqual(['listen EADDRINUSE', `${'x'.repeat(299)}…`]);
});
