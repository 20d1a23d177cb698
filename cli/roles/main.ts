/** `npm run roles -- …`: writes what has to be made outside of Tidegate's own account and Region. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usage, written } from './written.ts';

try {
  const { values } = parseArgs({
    options: {
      account: { type: 'string' },
      region: { type: 'string' },
      stage: { type: 'string', default: 'production' },
      format: { type: 'string', default: 'cloudformation' },
      out: { type: 'string', default: 'roles' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
  } else {
    const { default: config } = await import('../../tidegate.config.ts');
    const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    const { account = '', region = AWS_REGION ?? AWS_DEFAULT_REGION ?? '' } = config.installation ?? {};
    const { files, notes } = written(config, { account, region, ...values });
    if (files.length > 0) mkdirSync(values.out, { recursive: true });
    for (const { name, where, content } of files) {
      writeFileSync(join(values.out, name), `${JSON.stringify(content, null, 2)}\n`);
      console.log(`${join(values.out, name)}  ${where}`);
    }
    for (const note of notes) console.log(note);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
