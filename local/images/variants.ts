/** The versions of the sample service that can be pushed. What is wrong with one is in its image, as in real life. */
import { type Finding, fixableCritical, unfixedLow } from './findings.ts';

export interface Variant {
  /** What a release of it is expected to come to, in words. */
  expect: string;
  /** Goes into the image's `Env`; `examples/my-api/server.mjs` obeys it. */
  env: Record<string, string>;
  /** What its scan report says. */
  findings: Finding[];
  /** Packages below `/app/node_modules` of the image. */
  packages: { name: string; version: string }[];
}

export type VariantName = 'good' | 'slow' | 'errors' | 'crash' | 'unhealthy' | 'vulnerable';

const sound: Variant = { expect: '', env: {}, findings: [unfixedLow], packages: [] };

export const variants: Record<VariantName, Variant> = {
  good: { ...sound, expect: 'is deployed: its one finding is low and has no fix' },
  slow: {
    ...sound,
    expect: 'starts, answers correctly but late, and is taken back when latency is compared',
    env: { LATENCY_MS: '900' },
  },
  errors: {
    ...sound,
    expect: 'starts, fails one request in twenty, and is taken back when error rates are compared',
    env: { ERROR_RATE: '0.05' },
  },
  crash: {
    ...sound,
    expect: 'exits soon after each start, and is taken back once that has happened too often',
    env: { CRASH_AFTER_MS: '1500' },
  },
  unhealthy: {
    ...sound,
    expect: 'runs but never passes its health check, until the circuit breaker of ECS gives up',
    env: { UNHEALTHY: '1' },
  },
  vulnerable: {
    ...sound,
    expect: 'is rejected before anything changes: a critical finding that has a fix',
    findings: [fixableCritical, unfixedLow],
    packages: [{ name: 'minimist', version: '1.2.5' }],
  },
};

export const isVariant = (name: string): name is VariantName => Object.hasOwn(variants, name);
