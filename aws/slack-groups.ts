/** Who is a member of which of Slack's user groups: known for five minutes, and nobody's guess where Slack does not say. */
import type { Means } from './means.ts';
import { slack } from './slack.ts';

const freshMs = 5 * 60_000;

export function slackGroups({ now, open }: Means) {
  const known = new Map<string, { members: readonly string[]; at: number }>();

  async function membersOf(group: string): Promise<readonly string[]> {
    const before = known.get(group);
    if (before && now() - before.at < freshMs) return before.members;
    const members = await open(slack).members(group);
    known.set(group, { members, at: now() });
    return members;
  }

  return {
    /** Those of `groups` that a user is a member of. Undefined where that cannot be known: who decides then is to say no. */
    async of(user: string | undefined, groups: readonly string[]): Promise<string[] | undefined> {
      if (user === undefined || groups.length === 0) return [];
      try {
        const all = await Promise.all(groups.map(membersOf));
        return groups.filter((_group, index) => all[index]?.includes(user));
      } catch {
        return undefined;
      }
    },
  };
}
