/** Mistakes of whoever asked for something: told in a sentence that says what to do, without a stack. */
export class Mistake extends Error {}
