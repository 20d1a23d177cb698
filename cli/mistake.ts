/** Mistakes of whoever typed a command. */
import { Mistake } from '../core/mistake.ts';

export { Mistake };

/** Of a command's own arguments: told with its usage. */
export class BadUse extends Mistake {}
