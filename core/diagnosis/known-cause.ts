/** What a known cause of failing tasks is: how AWS or the container says it, what happened, and what to do. */

export interface KnownCause {
  /** Stable: records and events carry it. */
  name: string;
  /** What happened. `{container}`, `{code}` and `{found}`, what a text caught, are filled in. */
  sentence: string;
  /** What to do, in one plain sentence. */
  advice: string;
  /** How a container's reason, a task's reason or an event of the service says it. */
  texts?: readonly RegExp[];
  /** Of the container that ended by itself. */
  exitCodes?: readonly number[];
  /** How a container that ended by itself said it in its last lines. */
  logs?: readonly RegExp[];
  stopCodes?: readonly string[];
  /** Nothing that the new version or its settings could do about. */
  blameless?: true;
}
