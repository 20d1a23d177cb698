/** Mistakes of whoever typed a command: told in a sentence that says what to do, without a stack. */
export class Mistake extends Error {}

/** Of a command's own arguments: told with its usage. */
export class BadUse extends Mistake {}
