/** What somebody asked for cannot be decided, and they can mend it: told without a stack. */
export class NotUsable extends Error {}
