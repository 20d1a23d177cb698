/** Who somebody is: one person behind a Slack user, IAM identities and the names that commits know, as far as that can be known. */
import * as z from 'zod';
import { holderIn } from './link.ts';

const slackUser = z
  .string()
  .regex(/^[UW][A-Z0-9]{2,20}$/, { error: 'the id of a Slack user such as U012AB3CD' });
const slackGroup = z.string().regex(/^S[A-Z0-9]{2,20}$/, {
  error: 'the id of a Slack user group such as S012AB3CD',
});

/**
 * Whoever may take on a role chooses the session's name, so that it says nothing of a person. IAM Identity Center sets the
 * names of its own roles' sessions.
 */
const sessionOf = /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\/(.+)$/;
const identityCenter = /^AWSReservedSSO_/;

const principal = z
  .string()
  .max(500)
  .regex(/^arn:aws[a-z-]*:(iam|sts)::\d{12}:(user|role|assumed-role)\/./, {
    error:
      'the ARN of an IAM user or role such as arn:aws:iam::123456789012:role/release-managers, with * for any characters',
    abort: true,
  })
  .refine(
    (pattern) => {
      const [, role = '', session = '*'] = sessionOf.exec(pattern) ?? [];
      // What follows a * without a / may be part of the session, too.
      if (session === '*') return !/:assumed-role\/[^/]*\*[^/*]+$/.test(pattern);
      return identityCenter.test(role);
    },
    {
      error:
        'names a session of a role: whoever may take on the role chooses that name. Name the role, or a role of IAM Identity Center (AWSReservedSSO_…)',
    },
  );

const peopleOf = {
  /** Slack users, by their ids. */
  slackUsers: z.array(slackUser).max(100).default([]),
  /** Members of Slack's user groups, by the groups' ids. */
  slackGroups: z.array(slackGroup).max(20).default([]),
  /** IAM users and roles, by ARN. A role stands for everybody who may take it on. */
  principals: z.array(principal).max(100).default([]),
};
export const whoSchema = z
  .strictObject(peopleOf)
  .refine((who) => Object.values(who).some((some) => some.length > 0), {
    error: 'names nobody: give slackUsers, slackGroups or principals',
  });
export type Who = z.output<typeof whoSchema>;

/** By their names: the identities of one person. */
export const peopleSchema = z
  .record(
    z.string().min(1).max(60),
    z.strictObject({
      slack: slackUser.optional(),
      principals: z.array(principal).max(20).default([]),
      /** As commits have them: an e-mail address, a login. */
      author: z.array(z.string().min(1).max(200)).max(20).default([]),
      /** Where approval.links are sent: a mailbox that nobody else reads. It proves nothing elsewhere. */
      email: z.email({ error: 'an e-mail address such as ada@example.com' }).max(254).optional(),
    }),
  )
  .superRefine((people, context) => {
    const owners = new Map<string, string>();
    for (const [name, { slack, principals, author, email }] of Object.entries(people)) {
      const written = new Set([...author, ...(email ? [email] : [])].map((one) => one.toLowerCase()));
      for (const identity of [slack, ...principals, ...written]) {
        if (identity === undefined) continue;
        const owner = owners.get(identity) ?? name;
        owners.set(identity, owner);
        if (owner !== name)
          context.addIssue({ code: 'custom', path: [name], message: `${identity} is ${owner} already` });
      }
    }
  });
export type People = z.output<typeof peopleSchema>;

/** Somebody at a door, as the door knows them. */
export interface Actor {
  /** `slack:U012AB3CD`, an IAM ARN, or `link:ada` of one of `people`. */
  id: string;
  /** Those of the user groups that matter which they are a member of. Undefined where Slack could not be asked: then of none. */
  slackGroups?: readonly string[] | undefined;
}

const slackOf = (id: string): string | undefined => /^slack:(\w+)$/.exec(id)?.[1];

/** Who of `people` this is. */
export function nameOf(id: string, people: People): string | undefined {
  const held = holderIn(id);
  if (held !== undefined) return Object.hasOwn(people, held) ? held : undefined;
  const user = slackOf(id);
  return Object.entries(people).find(([, { slack, principals }]) =>
    user === undefined ? principals.some((pattern) => matches(pattern, id)) : slack === user,
  )?.[0];
}

/** The Slack user behind an identity, where that is known. */
export const slackUserOf = (id: string, people: People): string | undefined =>
  slackOf(id) ?? people[nameOf(id, people) ?? '']?.slack;

/** Whether `who` means them, by any identity of theirs that is known. */
export function isAmong({ id, slackGroups = [] }: Actor, who: Who, people: People): boolean {
  const user = slackUserOf(id, people);
  return (
    (user !== undefined && who.slackUsers.includes(user)) ||
    who.slackGroups.some((group) => slackGroups.includes(group)) ||
    who.principals.some((pattern) => matches(pattern, id)) ||
    // Whom the configuration sends a link may decide by it what they may decide elsewhere.
    who.principals.some((pattern) => principalsBehind(id, people).some((own) => matches(pattern, own)))
  );
}

const principalsBehind = (id: string, people: People): readonly string[] =>
  people[holderIn(id) ?? '']?.principals ?? [];

/** `undefined`: nobody can tell. Two people who cannot be told apart do not count as two. */
export function isSamePerson(one: string, other: string, people: People): boolean | undefined {
  if (one === other) return true;
  const [a, b] = [one, other].map((id) => nameOf(id, people));
  if (a !== undefined && b !== undefined) return a === b;
  const [first, second] = [one, other].map(kindOf);
  if (first?.kind !== second?.kind || first?.kind === 'role') return undefined;
  return first?.name === second?.name;
}

/** Than one of `people`, by name. `undefined`: nobody can tell, since who comes by an identity that is not listed may be anybody. */
export function isSomebodyElse(id: string, name: string, people: People): boolean | undefined {
  const known = nameOf(id, people);
  if (known !== undefined) return known !== name;
  return slackOf(id) !== undefined && people[name]?.slack !== undefined ? true : undefined;
}

function kindOf(id: string): { kind: 'slack' | 'link' | 'user' | 'identity center' | 'role'; name: string } {
  if (holderIn(id) !== undefined) return { kind: 'link', name: id };
  if (slackOf(id) !== undefined) return { kind: 'slack', name: id };
  const [, role = '', session = ''] = sessionOf.exec(id) ?? [];
  if (identityCenter.test(role)) return { kind: 'identity center', name: session };
  return { kind: /:user\//.test(id) ? 'user' : 'role', name: id };
}

/** `Ada Lovelace <ada@example.com>`, as a commit may have it, by one of the names in `people`. Of two people it is nobody's. */
export function authorIn(author: string | undefined, people: People): string | undefined {
  if (author === undefined) return undefined;
  const [, name = author, address] = /^(.*?)\s*<([^>]*)>\s*$/.exec(author) ?? [];
  const known = [name, address, author].flatMap((one) => (one ? [one.trim().toLowerCase()] : []));
  const [found, ...others] = Object.entries(people).filter(([, person]) =>
    person.author.some((one) => known.includes(one.toLowerCase())),
  );
  return others.length > 0 ? undefined : found?.[0];
}

/** A role's own ARN means its sessions, too: IAM tells of a caller by the session. */
function matches(pattern: string, arn: string): boolean {
  const [, partition, account, role] =
    /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(pattern) ?? [];
  const patterns = role ? [pattern, `arn:${partition}:sts::${account}:assumed-role/${role}/*`] : [pattern];
  return patterns.some((one) => glob(one).test(arn));
}

const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
