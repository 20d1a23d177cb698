/** How an event gets from its producer to a rule: late, and where it is turned on, twice, out of order or never. */

/** Probabilities from 0 to 1. ECR is best effort and may lose; ECS delivers at least once and in no order. */
export interface Honesty {
  /** Delivered a second time, with the same id. */
  duplicates?: number;
  /** Held back for up to `disorderMs`, so that later events overtake it. */
  disorder?: number;
  /** Never delivered to anyone. */
  loss?: number;
}

/** A second copy and an overtaken event come at most this much later. */
const disorderMs = 10_000;

/** After how many milliseconds each copy of an event arrives. Empty: it is lost. */
export function arrivals(
  { duplicates = 0, disorder = 0, loss = 0 }: Honesty,
  latencyMs: number,
  random: () => number,
): number[] {
  const late = () => latencyMs + Math.ceil(random() * disorderMs);
  // A probability of 0 takes no random number: what is turned off does not change the rest of a seeded run.
  const happens = (probability: number) => probability > 0 && random() < probability;
  if (happens(loss)) return [];
  const first = happens(disorder) ? late() : latencyMs;
  return happens(duplicates) ? [first, late()] : [first];
}
