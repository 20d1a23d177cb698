/** EventBridge: one default bus, rules that match, and targets that are Lambda functions. */

import type { Place } from '../../core/place.ts';
import { type AwsService, home } from '../aws-service.ts';
import type { Clock } from '../clock.ts';
import { asJson, copyOf } from '../copy.ts';
import type { AwsEvent, Emit } from '../event.ts';
import { uuid } from '../lambda/uuid.ts';
import { arrivals, type Honesty } from './delivery.ts';
import { compilePattern } from './pattern.ts';
import { putEvents } from './put-events.ts';
import { defaultRetryPolicy, type Failure, type RetryPolicy, retrying } from './retry.ts';

export interface EventRule {
  /** An event pattern; see local/events/pattern.ts for what is served. */
  pattern: object;
  /** The target's name. */
  function: string;
  /** AWS's defaults where absent: 185 retries within 24 hours. */
  retry?: Partial<RetryPolicy>;
}

export interface DeadLetter extends Failure {
  rule: string;
  function: string;
  event: AwsEvent;
}

export interface EventBusOptions {
  clock: Clock;
  rules: Readonly<Record<string, EventRule>>;
  /**
   * Hands an event to a function's queue and resolves when it is taken: `invokeAsync` of the Lambda runtime, which
   * repeats what the function itself fails at. Only what this rejects with is retried here.
   */
  invokeLambda: (functionName: string, event: AwsEvent) => Promise<unknown>;
  /** From 0 to 1: ids, jitter, and the chances below. */
  random?: () => number;
  /** From an event's producer to its targets. AWS promises nothing. */
  latencyMs?: number;
  /** By source, such as `aws.ecr`. Nothing is lost, doubled or overtaken where it is absent. */
  honesty?: Readonly<Record<string, Honesty>>;
  onDeadLetter?: (letter: DeadLetter) => void;
}

export interface EventBus {
  emit: Emit;
  /** Of another account or Region, whose own bus forwards what happens there to this one. */
  emitFrom(place: Place): Emit;
  /** `AWSEvents`, with `PutEvents`. */
  service: AwsService;
  /** Every event that reached the bus, when it was emitted; those that are lost never do. The answer ends it. */
  onEvent(listener: (event: AwsEvent) => void): () => void;
  /** The oldest first. */
  deadLetters(): readonly DeadLetter[];
}

/** Throws `InvalidEventPatternException` for a rule that AWS would refuse or that uses what is not implemented. */
export function eventBus(options: EventBusOptions): EventBus {
  const { clock, invokeLambda, random = Math.random, latencyMs = 500, honesty = {}, onDeadLetter } = options;
  const rules = Object.entries(options.rules).map(([name, rule]) => ({
    ...rule,
    name,
    matches: compilePattern(rule.pattern),
    policy: { ...defaultRetryPolicy, ...rule.retry },
  }));
  const letters: DeadLetter[] = [];
  const listeners = new Set<(event: AwsEvent) => void>();

  function arrive(event: AwsEvent) {
    for (const rule of rules.filter(({ matches }) => matches(event))) {
      void retrying({
        clock,
        random,
        policy: rule.policy,
        deliver: async () => invokeLambda(rule.function, copyOf(event)),
        failed(failure) {
          const letter = { rule: rule.name, function: rule.function, event, ...failure };
          letters.push(letter);
          onDeadLetter?.(letter);
        },
      });
    }
  }

  function put(given: Parameters<Emit>[0], milliseconds: number, place = home): string {
    const event: AwsEvent = {
      version: '0',
      id: uuid(random),
      'detail-type': given['detail-type'],
      source: given.source,
      account: place.account,
      time: `${new Date(milliseconds).toISOString().slice(0, 19)}Z`,
      region: place.region,
      resources: [...given.resources],
      // As JSON carries it: the producer may go on changing what it gave.
      detail: asJson(given.detail),
    };
    const buses = place === home ? 1 : 2;
    const copies = arrivals(honesty[event.source] ?? {}, latencyMs * buses, random);
    for (const after of copies) clock.after(after, () => arrive(event));
    if (copies.length > 0) for (const listener of listeners) listener(event);
    return event.id;
  }

  return {
    emit: (event) => void put(event, clock.now()),
    emitFrom: (place) => (event) => void put(event, clock.now(), place),
    service: { target: 'AWSEvents', operations: { PutEvents: putEvents(put, () => clock.now()) } },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    deadLetters: () => letters,
  };
}
