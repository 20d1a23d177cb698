/**
 * `npm run synth -- [stage] [configuration]`: prints every resource that `sst deploy` would ask Pulumi for, as JSON. SST's real
 * components run, without AWS, the SST CLI or the Pulumi engine. They make resources late, so the end is when nothing is left to do.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './bundle.ts';
import { pulumiMocks, type Resource } from './mocks.ts';
import { plain } from './plain.ts';
import { install, platform, providers, requireFromPlatform, root } from './platform.ts';
import { startRpc } from './rpc.ts';
import { secrets } from './secrets.ts';

const [stage = 'test', configuration] = process.argv.slice(2);
await install();

const work = mkdtempSync(join(tmpdir(), 'sst-synth-'));
const { address, handlers } = await startRpc(work);
Object.assign(process.env, secrets, { SST_SERVER: address });

const app = (await load({
  name: 'app',
  contents: `import mod from './sst.config.ts'; export default await mod.app({ stage: ${JSON.stringify(stage)} });`,
  options: { banner: { js: 'function $config(input) { return input }' } },
})) as { name: string };

const resources: Resource[] = [];
const pulumi = requireFromPlatform()('@pulumi/pulumi');
pulumi.runtime.setMocks(pulumiMocks(resources), app.name, stage, false, 'organization');

let outputs: unknown;
process.once('beforeExit', () => {
  rmSync(work, { recursive: true, force: true });
  const printed = resources.map(({ type, name, inputs }) => ({ type, name, inputs: plain(inputs) }));
  const synthesised = { app, stage, outputs: plain(outputs), handlers, resources: printed };
  console.log(JSON.stringify(synthesised, null, 2));
});
outputs = await pulumi.runtime.runInPulumiStack(async () => {
  const program = (await load({
    name: 'run',
    ...(configuration && { configuration }),
    contents: `import { run } from '${platform}/src/auto/run.ts'; import mod from './sst.config.ts'; export default () => run(mod.run);`,
    globals: [
      ...providers().map(({ alias, package: name }) => `import * as ${alias} from '${name}';`),
      `import * as sst from '${platform}/src/components';`,
    ].join('\n'),
    options: {
      inject: [join(platform, 'src/shim/run.js')],
      banner: {
        js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
      },
      define: {
        $app: JSON.stringify({ ...app, stage }),
        $dev: 'false',
        $cli: JSON.stringify({
          command: 'deploy',
          paths: { home: work, root, work, platform },
          state: { version: {} },
        }),
      },
    },
  })) as () => Promise<unknown>;
  return program();
});
