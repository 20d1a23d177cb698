/** Error names are routes: a name exists only where the state machine takes another way because of it. */

function named<const Name extends string>(name: Name) {
  return class extends Error {
    // On the prototype, so that the stack shows it and no bundler renames it.
    override get name(): Name {
      return name;
    }
  };
}

/** The same call may succeed later: a 5xx, a lost connection. Retried for about twenty minutes. */
export class Transient extends named('Transient') {}

/** AWS has no capacity left for this call now. Retried for hours: many releases at once wait for their turn. */
export class Throttled extends named('Throttled') {}

/** The scan report is not there yet and its deadline is not reached. Retried until the deadline. */
export class ScanPending extends named('ScanPending') {}

/** A valid push, but policy or preflight says no. Nothing has changed, so there is nothing to undo. */
export class ReleaseRejected extends named('ReleaseRejected') {}

/** A schema of ours was broken, in or out. Never retried. */
export class ContractViolation extends named('ContractViolation') {}

/** The errors a step may declare. Lambda reports the name; the detail is in the message, as a sentence. */
export type ErrorName = 'Transient' | 'Throttled' | 'ScanPending' | 'ReleaseRejected' | 'ContractViolation';
