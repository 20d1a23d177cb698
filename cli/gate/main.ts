/** `npm run gate -- --report trivy.json …`: what the scan gate makes of a report in a file. */
import { parseArgs } from 'node:util';
import { decide } from './decide.ts';
import { NotUsable } from './not-usable.ts';
import { printed } from './print.ts';
import { usage } from './usage.ts';

try {
  const { values } = parseArgs({
    options: {
      report: { type: 'string' },
      bundle: { type: 'string' },
      key: { type: 'string', multiple: true },
      digest: { type: 'string' },
      running: { type: 'string' },
      service: { type: 'string' },
      environment: { type: 'string' },
      policy: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) console.log(usage);
  else {
    const decision = await decide(values, Date.now());
    console.log(values.json ? JSON.stringify(decision.verdict, null, 2) : printed(decision));
    process.exitCode = decision.verdict.status === 'pass' ? 0 : 1;
  }
} catch (error) {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const told = error instanceof NotUsable || code?.startsWith('ERR_PARSE_ARGS');
  console.error(told ? message : stack);
  process.exitCode = 2;
}
