/** What a function names is what it gets: at run time, and, by the marked lines, when it is compiled. */
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { ClientMaker } from '../../aws/client-maker.ts';
import { openAws } from '../../aws/open.ts';
import { records } from '../../aws/records.ts';
import { slots } from '../../aws/slots.ts';
import { states } from '../../aws/states.ts';
import { defineEventHandler } from '../../functions/event.ts';
import { defineStep } from '../../functions/step.ts';
import { surroundings } from '../support/surroundings.ts';

test('a client is made when a gateway is first used, once for all gateways that share it', () => {
  const made: string[] = [];
  const makeClient: ClientMaker = (Client, settings) => {
    made.push(Client.name);
    return new Client({ region: 'eu-west-1', ...settings });
  };

  const aws = openAws(surroundings({ makeClient }), { records, slots, states });
  const before = [...made];
  const used = [aws.records, aws.slots, aws.records];

  expect(before).toEqual([]);
  expect(used[2]).toBe(used[0]);
  expect(made).toEqual(['DynamoDBClient']);
});

test('what the environment lacks is named before anything is opened', () => {
  const environment = { TABLE_NAME: '', STATE_MACHINE_ARN: 'deploy' };

  expect(() => openAws(surroundings({ environment }), { records })).toThrow(
    /TABLE_NAME[\s\S]*STATE_MACHINE_ARN/,
  );
});

const contract = { name: 'Look', input: z.strictObject({}), output: z.string(), errors: [] } as const;

test('a step has what it names and what every function has, and no other gateway', () => {
  const step = defineStep({
    ...contract,
    uses: { slots },
    async run(_input, { slots, config, now, consoleUrl, ...rest }) {
      // @ts-expect-error it does not name `records`
      void rest.records;
      return String([slots.look, Object.keys(config.services), now(), consoleUrl].length);
    },
  });
  const handler = defineEventHandler({
    name: 'look',
    uses: { slots },
    // @ts-expect-error it does not name `states`
    run: async (_event, { slots, states }) => [slots.look, states].length,
  });

  expect([step.uses, handler.uses]).toEqual([{ slots }, { slots }]);
});

test('a step that waits names what answers its task token', () => {
  const answering = defineStep({ ...contract, uses: { states }, waits: true, run: async () => undefined });
  // @ts-expect-error it does not name `states`
  const mute = defineStep({ ...contract, uses: { slots }, waits: true, run: async () => undefined });

  expect([answering.waits, mute.waits]).toEqual([true, true]);
});
