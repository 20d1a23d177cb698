/** What releases do that find the slot taken: `queue` of an environment. */
import * as z from 'zod';

/**
 * `newest`: the newest push is next, and takes the place of others. `fifo`: each is deployed, in the order of the pushes.
 * `reject`: nobody waits. In none of them is anything deployed after something newer.
 */
export const queueSchema = z.enum(['newest', 'fifo', 'reject']);
export type Queue = z.infer<typeof queueSchema>;

/** An item of DynamoDB has room for more, and whoever pushes so much does not look at each. */
export const longestLine = 50;
