/** What the table forgets by itself, and when: DynamoDB deletes items whose time to live is over, within some days. */

/** The attribute that says it, in seconds since the epoch. */
export const forgetAttribute = 'forgetAt';

/**
 * A release may be asked about, or gone back to, for longer than its execution is kept: 90 days. So may what its scan came to.
 * Who tried to decide what is asked about for seven years. When a finding was first seen is kept as long again from when it was last asked for.
 */
const days = { release: 730, approval: 90, asked: 90, audit: 2555, scan: 730, seen: 730, telling: 90 };

/** `from`: ms since the epoch. What is written over an item goes before what it said. */
export const forgetting = (kind: keyof typeof days, from: number) => ({
  [forgetAttribute]: Math.ceil(from / 1000) + days[kind] * 86_400,
});
