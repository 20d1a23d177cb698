/** Stands in for the Pulumi CLI under the real SST CLI: runs the program that SST bundled, and reports what it made. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { pulumiMocks, type Resource } from './mocks.ts';
import { plain } from './plain.ts';

const [command = '', ...parameters] = process.argv.slice(2);
const parameter = (name: string) => String(parameters[parameters.indexOf(name) + 1]);

switch (command) {
  case 'stack': // stack init organization/<app>/<stage>
    keepState(String(parameters.at(-1)), []);
    break;
  case 'preview':
  case 'up':
    await run(parameter('--stack'), parameter('--event-log'));
    break;
  default:
    console.log('v0.0.0');
}

async function run(stack: string, eventLog: string): Promise<void> {
  const [, app = '', stage = ''] = stack.split('/');
  const [, main = ''] = /^main: (.*)$/m.exec(readFileSync('Pulumi.yaml', 'utf8')) ?? [];
  const pulumi = createRequire(main)('@pulumi/pulumi');
  const resources: Resource[] = [];
  pulumi.runtime.setMocks(pulumiMocks(resources), app, stage, false, 'organization');

  const report = (event: object) =>
    appendFileSync(eventLog, `${JSON.stringify({ timestamp: 0, ...event })}\n`);
  // SST shows the message of such an event, and of what is written to stderr only a line.
  process.once('uncaughtException', (error) => {
    const diagnosticEvent = { severity: 'error', message: error.stack ?? error.message, color: 'never' };
    report({ diagnosticEvent });
    process.exit(1);
  });

  let outputs: unknown;
  process.once('beforeExit', () => {
    const urn = (type: string, name: string) => `urn:pulumi:${stage}::${app}::${type}::${name}`;
    const stackType = 'pulumi:pulumi:Stack';
    const root = {
      urn: urn(stackType, `${app}-${stage}`),
      type: stackType,
      custom: false,
      outputs: plain(outputs),
    };
    const components = resources
      .filter(({ custom }) => !custom)
      .map(({ type, name }) => ({
        urn: urn(type, name),
        type,
        custom: false,
        parent: root.urn,
        outputs: {},
      }));
    if (command === 'up') keepState(stack, [root, ...components]);
    // Each resource's own events are left out: SST would print them, with times that nobody measured.
    report({
      summaryEvent: {
        ...{ resourceChanges: { create: resources.length }, durationSeconds: 0 },
        ...{ maybeCorrupt: false, policyPacks: {} },
      },
    });
  });
  outputs = await pulumi.runtime.runInPulumiStack(
    async () => (await import(pathToFileURL(main).href)).default,
  );
}

/** Where SST reads it back and uploads it. Not in the current folder: the program changes that. */
function keepState(stack: string, resources: object[]): void {
  const [, app = '', stage = ''] = stack.split('/');
  const backend = fileURLToPath(String(process.env.PULUMI_BACKEND_URL));
  const file = join(backend, '.pulumi/stacks', app, `${stage}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const latest = {
    manifest: { time: new Date(0).toISOString(), magic: '', version: '' },
    resources,
    metadata: {},
  };
  writeFileSync(
    file,
    JSON.stringify({ version: 3, checkpoint: { stack: `organization/${app}/${stage}`, latest } }),
  );
}
