/**
 * `npm run sst:offline -- deploy --stage test`: the real SST CLI, with AWS and the Pulumi CLI replaced by what is here.
 * It reads the configuration, bundles every function and runs the program, as it would on a machine with an account.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAwsStub } from './aws-stub.ts';
import { region } from './mocks.ts';
import { install, quietSst, root, sstCommand } from './platform.ts';
import { secrets } from './secrets.ts';

await install();
const home = mkdtempSync(join(tmpdir(), 'sst-offline-'));
const pulumi = join(home, 'sst/bin/pulumi');
mkdirSync(join(home, 'sst/bin'), { recursive: true });
// SST starts the program of this name there, whatever SST_PULUMI_PATH says.
writeFileSync(pulumi, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'local/sst/pulumi.ts')}' "$@"\n`, {
  mode: 0o755,
});

const aws = await startAwsStub();
const sst = spawn(sstCommand, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    ...quietSst,
    ...secrets,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    XDG_CONFIG_HOME: home,
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    AWS_ENDPOINT_URL: aws.address,
    AWS_ACCESS_KEY_ID: 'offline',
    AWS_SECRET_ACCESS_KEY: 'offline',
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  },
});
const [code] = await once(sst, 'exit');
rmSync(home, { recursive: true, force: true });
for (const call of aws.unanswered) console.error(`not answered here: ${call}`);
process.exitCode = code ?? 1;
