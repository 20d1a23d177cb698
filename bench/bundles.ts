/** Every function's bundle, as SST makes it: started, called once, weighed and timed. Writes `bench/bundles.md`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundle, type Entry, functionEntries } from './bundles/build.ts';
import { bytesByPart, clientsIn, plainClient } from './bundles/contents.ts';
import { eventsOf, stateMachineArn } from './bundles/events.ts';
import { loopback } from './bundles/loopback.ts';
import { type Called, plain, report } from './bundles/report.ts';
import { start } from './bundles/start-process.ts';

const { values } = parseArgs({ options: { starts: { type: 'string', default: '10' } } });
const starts = Number(values.starts);
const secret = 'signs-with-this';
/** What a function may say that runs, here where AWS refuses nearly everything. */
const itsOwn = /^(AccessDeniedException|ContractViolation|AggregateError): |^Error: .* has no /;

/** What else a function starts with, each alone. */
const libraries: Entry[] = [
  { name: 'nothing', text: 'export const nothing = 1;' },
  { name: 'zod and the configuration', text: `export { default } from './tidegate.config.ts';` },
  { name: 'powertools logger', text: `export { Logger } from '@aws-lambda-powertools/logger';` },
  { name: 'powertools metrics', text: `export { Metrics } from '@aws-lambda-powertools/metrics';` },
  { name: 'middy', text: `export { default } from '@middy/core';` },
];

const folder = mkdtempSync(join(tmpdir(), 'tidegate-bundles-'));
const aws = await loopback(secret);
try {
  const contents = await bundle(functionEntries, folder);
  const clients = [...contents].map(
    ([name, made]): Entry => ({ name: plain(name), text: plainClient(made) }),
  );
  const together = new Map([...contents.values()].flatMap(({ files }) => [...files]));
  const alone = [
    ...libraries,
    { name: 'every client that any function has', text: plainClient({ bytes: 0, files: together }) },
  ];
  const others = await bundle([...clients, ...alone], folder);

  const functions = [...contents.keys()];
  const fileOf = (name: string) => join(folder, name, 'bundle.mjs');
  const environment = {
    ...{ AWS_ENDPOINT_URL: aws.address, AWS_REGION: 'eu-west-1', TABLE_NAME: 'tidegate' },
    ...{ STATE_MACHINE_ARN: stateMachineArn, SLACK_API_URL: `${aws.address}/slack` },
    ...{ SLACK_TOKEN_PARAMETER: '/slack-token', SLACK_SIGNING_SECRET_PARAMETER: '/slack-signing-secret' },
  };
  const events = eventsOf(secret);
  const called: Called[] = [];
  for (const name of functions) {
    const { answer, error } = await start(fileOf(name), environment, events[name]);
    if (error && !itsOwn.test(`${error.name}: ${error.message}`))
      throw new Error(`${name} does not run as a bundle: ${error.name}: ${error.message}`);
    called.push({ name, answer, error, asked: aws.asked() });
  }

  const names = [...functions.flatMap((name) => [name, plain(name)]), ...alone.map(({ name }) => name)];
  const times = new Map(names.map((name): [string, number[]] => [name, []]));
  // Round by round, and what is compared side by side: whatever else the machine does disturbs all of them alike.
  for (let round = 0; round < starts; round += 1)
    for (const [name, all] of times) all.push((await start(fileOf(name), environment)).importMs);

  const weighed = [...contents, ...others].map(([name, made]) => ({
    ...{ name, bytes: made.bytes, gzip: gzipSync(readFileSync(fileOf(name))).length },
    ...{ clients: clientsIn(made), importMs: times.get(name) ?? [] },
  }));
  const page = report({
    ...{ starts, weighed, called, alone: alone.map(({ name }) => name) },
    parts: new Map([...contents].map(([name, made]) => [name, bytesByPart(made)])),
  });
  writeFileSync(new URL('bundles.md', import.meta.url), page);
  console.log(page);
} finally {
  aws.close();
  rmSync(folder, { recursive: true });
}
