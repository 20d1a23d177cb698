/** Variables. A branch or an iteration has a scope of its own: it reads the outer ones and never writes them. */

import { StateError } from './errors.ts';
import { bytesOf, type Json, type JsonObject, maxPayloadBytes, maxVariablesBytes } from './json.ts';

export class Scope {
  readonly #outer: Scope | undefined;
  readonly #own = new Map<string, Json>();

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  /** Every variable that can be read here. */
  visible(): JsonObject {
    return { ...this.#outer?.visible(), ...Object.fromEntries(this.#own) };
  }

  /** Throws before anything is written when a variable, or all of them together, would grow too large. */
  check(values: JsonObject) {
    for (const [name, value] of Object.entries(values)) {
      if (bytesOf(value) > maxPayloadBytes) throw tooLarge(`The variable '${name}'`);
    }
    if (bytesOf({ ...this.visible(), ...values }) > maxVariablesBytes)
      throw tooLarge('The sum of all variables');
  }

  assign(values: JsonObject) {
    for (const [name, value] of Object.entries(values)) this.#own.set(name, value);
  }
}

const tooLarge = (what: string) =>
  new StateError('States.DataLimitExceeded', `${what} exceeds the maximum number of bytes service limit.`);
