/** What the generated contract compares the state machine with: the steps' own schemas, as types. */
import type * as z from 'zod';
import type { steps } from '../functions/steps/table.ts';

export type { Failure, ReleaseRequest } from '../core/release.ts';

type Steps = typeof steps;

/** The payload of a Task state, without `execution` and `taskToken`. */
export type In<State extends keyof Steps> = z.input<Steps[State]['input']>;

/** What a Task state answers. */
export type Out<State extends keyof Steps> = z.output<Steps[State]['output']>;

/** The errors that a Task state may route on, beside the platform's. */
export type ErrorOf<State extends keyof Steps> = Steps[State]['errors'][number];

/** JSONata has no value for a field that is not there, and the state fails. */
export type Present = object | string | number | boolean | null;
