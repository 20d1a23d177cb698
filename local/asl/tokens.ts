/** Task tokens: how someone outside ends a waiting task. */
import { StateError } from './errors.ts';
import type { Json } from './json.ts';

/** The token does not stand for a waiting task. `name` is AWS's: the task is over, or there never was one. */
export class TokenError extends Error {
  readonly #name: 'TaskTimedOut' | 'InvalidToken';

  constructor(name: 'TaskTimedOut' | 'InvalidToken', message: string) {
    super(message);
    this.#name = name;
  }

  override get name() {
    return this.#name;
  }
}

/** One attempt of a task that waits for its token. */
export class WaitingTask {
  readonly token: string;
  /** The output that was sent with success; rejects with what was sent as failure. */
  readonly answer: Promise<Json>;
  /** Success or failure has been sent. */
  answered = false;
  onHeartbeat: () => void = () => {};
  onAnswer: () => void = () => {};
  readonly #settle: PromiseWithResolvers<Json>;

  constructor(token: string) {
    this.token = token;
    this.#settle = Promise.withResolvers<Json>();
    this.answer = this.#settle.promise;
    this.answer.catch(() => {});
  }

  take(answer: Json | StateError) {
    this.answered = true;
    this.onAnswer();
    if (answer instanceof StateError) this.#settle.reject(answer);
    else this.#settle.resolve(answer);
  }
}

/** All tokens of one execution. A token is good for one answer, and only while its attempt is waiting. */
export class TaskTokens {
  readonly #newToken: () => string;
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #issued = new Set<string>();

  constructor(newToken: () => string) {
    this.#newToken = newToken;
  }

  issue(): WaitingTask {
    const task = new WaitingTask(this.#newToken());
    this.#issued.add(task.token);
    this.#waiting.set(task.token, task);
    return task;
  }

  close(token: string) {
    this.#waiting.delete(token);
  }

  closeAll() {
    this.#waiting.clear();
  }

  succeed(token: string, output: Json) {
    this.#find(token).take(output);
    this.close(token);
  }

  fail(token: string, error?: string, cause?: string) {
    this.#find(token).take(new StateError(error, cause));
    this.close(token);
  }

  heartbeat(token: string) {
    this.#find(token).onHeartbeat();
  }

  #find(token: string): WaitingTask {
    const task = this.#waiting.get(token);
    if (task) return task;
    if (this.#issued.has(token)) {
      throw new TokenError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    throw new TokenError('InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
