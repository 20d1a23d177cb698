/** Links that would decide nothing, or reach nobody: better said before a release waits for them. */
import { holder } from './link.ts';
import { isAmong, type People, type Who } from './person.ts';
import type { ApprovalPolicy } from './rules.ts';

interface Linking {
  environments: readonly { approval?: ApprovalPolicy | undefined }[];
}

/** With paths below the service. */
export function linkMistakes(
  { environments }: Linking,
  people: People,
  mail: object | undefined,
): { path: (string | number)[]; message: string }[] {
  return environments.flatMap(({ approval }, index) => {
    if (!approval?.links) return [];
    const at = (...path: (string | number)[]) => ['environments', index, 'approval', 'links', ...path];
    const sender = mail
      ? []
      : [{ path: at(), message: 'needs mail.from beside services: nobody would be sent a link' }];
    const names = approval.links.to.flatMap((name, position) => {
      const message = mistakeOf(name, approval, people);
      return message === undefined ? [] : [{ path: at('to', position), message }];
    });
    return [...sender, ...names];
  });
}

function mistakeOf(name: string, { who, requireFrom }: ApprovalPolicy, people: People): string | undefined {
  const person = Object.hasOwn(people, name) ? people[name] : undefined;
  if (!person) return `${name} is not in people: there is nobody to send a link to`;
  if (!person.email) return `${name} has no email in people: a link could not be sent`;
  if (!who) return undefined;
  const deciding: Who[] = [who, ...Object.values(requireFrom)];
  // Who is in Slack's groups only Slack knows.
  const unknown = deciding.some(({ slackGroups }) => slackGroups.length > 0) && person.slack !== undefined;
  const may = deciding.some((some) => isAmong({ id: holder(name) }, some, people));
  return may || unknown
    ? undefined
    : `${name} is not among who may approve here: the link would decide nothing`;
}
