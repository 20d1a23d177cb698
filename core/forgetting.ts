/** What the table forgets by itself, and when: DynamoDB deletes items whose time to live is over, within some days. */

/** The attribute that says it, in seconds since the epoch. */
export const forgetAttribute = 'forgetAt';

/** A release may be asked about, or gone back to, for longer than its execution is kept: 90 days. */
const days = { release: 730, approval: 90 };

/** `from`: ms since the epoch. What is written over an item goes before what it said. */
export const forgetting = (kind: keyof typeof days, from: number) => ({
  [forgetAttribute]: Math.ceil(from / 1000) + days[kind] * 86_400,
});
