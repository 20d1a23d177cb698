/** `npm run roles -- production …`: prints what has to be made where an environment is and Tidegate is not. */
import { parseArgs } from 'node:util';
import { printed, usage } from './print.ts';

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      account: { type: 'string' },
      region: { type: 'string', default: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? '' },
      stage: { type: 'string', default: 'production' },
      format: { type: 'string', default: 'cloudformation' },
      help: { type: 'boolean', default: false },
    },
  });
  const [environment] = positionals;
  if (values.help || environment === undefined) {
    console.log(usage);
  } else {
    const { default: config } = await import('../../tidegate.config.ts');
    const { templates, notes } = printed(config, { ...values, environment });
    // What is said goes elsewhere than what is made of: that may be piped into a file.
    for (const note of notes) console.error(note);
    for (const template of templates) console.log(JSON.stringify(template, null, 2));
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
