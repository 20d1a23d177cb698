/** A thousand services pushed within a minute, against AWS's rate limits: writes `bench/scale.md` and its chart. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { awsLimits } from '../local/limits/aws-limits.ts';
import { allowed, bucketUses } from './scale/allowed.ts';
import { chart } from './scale/chart.ts';
import { crowd } from './scale/crowd.ts';
import { report } from './scale/report.ts';
import { sweeps } from './scale/sweeps.ts';

const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    /** How often the SDK tries a refused call: its default, which Tidegate's functions have. */
    attempts: { type: 'string', default: '3' },
    /** Says how far it is. */
    verbose: { type: 'boolean', default: false },
  },
});
const services = Number(values.services);
const seed = Number(values.seed);
const attempts = Number(values.attempts);
const log = (line: string) => values.verbose && console.log(line);

const alone = await crowd({ services: 1, seed, attempts });
const together = await crowd({ services, seed, attempts, limits: awsLimits, log });
const swept = await sweeps({ services, seed, attempts, limits: awsLimits });
const uses = bucketUses(alone, services, awsLimits);
const bound = allowed(alone, uses, (60 * (services - 1)) / services);

const here = (file: string) => new URL(file, import.meta.url);
const page = report({
  ...{ services, seed, attempts, crowd: together, alone, uses, allowed: bound, sweeps: swept },
  transitionsAllowed: awsLimits.stateTransitions.perSecond,
});
writeFileSync(here('scale.md'), page);
writeFileSync(here('scale.svg'), chart(together, bound.seconds));
console.log(page.slice(page.indexOf('| | |'), page.indexOf('![')));
