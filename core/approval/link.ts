/**
 * Links by which somebody decides without Slack and without AWS: each of one person, for one approval and one decision.
 * Of what is in a link only its SHA-256 is kept, so who reads the table cannot decide.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Rules } from './rules.ts';

export const linkSchema = z.object({
  /** Where it was sent. */
  address: z.string(),
  /** SHA-256, in hex, of what its holder has to bring. Several where nobody knows which mail arrived: one decision, whichever it was. */
  hashes: z.array(z.string()),
  /** Somebody is sending it, ms since the epoch. */
  heldUntil: z.number().optional(),
  sentAt: z.number().optional(),
  /** It has decided, and does so no more. */
  usedAt: z.number().optional(),
});
export type Link = z.infer<typeof linkSchema>;
/** By the names of who gets them. */
export type Links = Readonly<Record<string, Link>>;

/** 256 bits in base64url. */
const bearer = /^[A-Za-z0-9_-]{43}$/;
export const isBearer = (text: string): boolean => bearer.test(text);
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** An actor who comes by a link, as the rules know them. */
export const holder = (person: string): string => `link:${person}`;
export const holderIn = (actor: string): string | undefined => /^link:(.+)$/s.exec(actor)?.[1];

/** Whose link it is; undefined for nobody's. It takes as long whoever's it is. */
export function ownerOf(links: Links, token: string): string | undefined {
  const brought = Buffer.from(hashOf(token));
  let found: string | undefined;
  for (const [person, { hashes }] of Object.entries(links))
    for (const kept of hashes.map((one) => Buffer.from(one)))
      if (kept.length === brought.length && timingSafeEqual(kept, brought)) found = person;
  return found;
}

/** What an approval says of its links. */
export interface Linked {
  rules: Rules;
  expiresAt: number;
  held?: string | undefined;
  answer?: object | undefined;
  links?: Links | undefined;
}

/** Who is to get one by now, and has none. Nobody where a gate holds the release: a link does not break the glass. */
export function due(
  { rules, expiresAt, held, answer, links = {} }: Linked,
  now: number,
): [person: string, address: string][] {
  if (held !== undefined || answer || now >= expiresAt) return [];
  return (rules.policy.links?.to ?? []).flatMap((person): [string, string][] => {
    const address = rules.people[person]?.email;
    const { sentAt, heldUntil = 0 } = links[person] ?? {};
    return address === undefined || sentAt !== undefined || heldUntil > now ? [] : [[person, address]];
  });
}

/** Until others may take over from one who never came back: longer than a function may run. */
const holdMs = 60_000;
/** Of one person: those whose mail may have arrived. */
const mostHashes = 3;

/** As they are while they are being sent; `fresh`: the hashes of new ones, by person. */
export function sending(
  links: Links,
  fresh: ReadonlyMap<string, { address: string; hash: string }>,
  now: number,
): Links {
  const added = [...fresh].map(([person, { address, hash }]) => {
    const hashes = [...(links[person]?.hashes ?? []).slice(1 - mostHashes), hash];
    return [person, { ...links[person], address, hashes, heldUntil: now + holdMs }] as const;
  });
  return { ...links, ...Object.fromEntries(added) };
}

/** Of those that were being sent, `sent` are; the others are free to be sent again. */
export function sent(links: Links, tried: readonly string[], arrived: readonly string[], now: number): Links {
  const changed = tried.flatMap((person) => {
    const { heldUntil: _, ...link } = links[person] ?? { address: '', hashes: [] };
    return [[person, arrived.includes(person) ? { ...link, sentAt: now } : link] as const];
  });
  return { ...links, ...Object.fromEntries(changed) };
}

/** After it has decided. */
export const used = (links: Links, person: string, now: number): Links => {
  const link = links[person];
  return link ? { ...links, [person]: { ...link, usedAt: now } } : links;
};
