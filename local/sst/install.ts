/** `npm run sst:install`: unpacks SST's components, which the types of `stacks/` and the synth need. */
import { install } from './platform.ts';

await install();
