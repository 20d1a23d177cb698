/** Approval from a terminal: who decides is what AWS says of the signature, whatever the request says. */
import { expect, test } from 'vitest';
import { approvalDoor } from '../../aws/approval-door.ts';
import { approvals } from '../../aws/approvals.ts';
import { openAws } from '../../aws/open.ts';
import { domainEventSchemas } from '../../core/domain-event.ts';
import type { ApprovalCommand, CommandAnswer } from '../../functions/events/on-approval-command.ts';
import { account } from '../../local/aws-service.ts';
import { type RehearsalOptions, rehearsal } from '../support/rehearsal.ts';
import { address, settle } from '../support/virtual-world.ts';

const userArn = (name: string) => `arn:aws:iam::${account}:user/${name}`;

/** A release that waits for approval, and people at their terminals. */
async function asking(options: RehearsalOptions = {}) {
  const world = await rehearsal({ slack: true, environment: { approval: {} }, ...options });
  await world.pushOnly('good', 'v1.0.0');
  await world.clock.advance(60_000);
  const [release] = await world.executions();
  const approvalId = String(release?.name);
  const as = async (name: string, command: ApprovalCommand): Promise<CommandAnswer> => {
    const door = openAws(world.world.surroundings(name), { approvalDoor }).approvalDoor;
    const sending = door.send(command);
    await settle(world.clock, sending);
    return (await sending) as CommandAnswer;
  };
  return { ...world, approvalId, as };
}

test('what waits is listed without its task token, decided by who signs, and shown in Slack', async () => {
  const { as, approvalId, ...world } = await asking({
    environment: { approval: { who: { principals: [userArn('ada')] } } },
  });

  const listed = await as('eve', { action: 'list' });
  expect(listed.approvals).toMatchObject([{ approvalId, subject: { tag: 'v1.0.0' } }]);
  expect(JSON.stringify(listed)).not.toContain('taskToken');

  // What is kept beside approvals is none.
  await settle(
    world.clock,
    openAws(world.world.surroundings('tests'), { approvals }).approvals.wish(approvalId, 0),
  );
  const beside = as('eve', { action: 'approve', approvalId: `wish ${approvalId}` });
  await expect(beside).rejects.toThrow('there is no approval');

  const eve = await as('eve', { action: 'approve', approvalId });
  expect(eve).toMatchObject({ by: userArn('eve'), verdict: 'refused' });
  const ada = await as('ada', { action: 'approve', approvalId, reason: 'looks good' });
  expect(ada).toMatchObject({ verdict: 'decided', says: 'Approved. The release goes on.' });
  await world.ended();

  const [release] = await world.releases();
  expect(release?.outcome).toBe('Deployed');
  expect(release?.record.steps.RequestApproval).toEqual({
    ...{ decision: 'approved', by: userArn('ada'), reason: 'looks good' },
  });
  expect(
    JSON.stringify(world.world.slack.messages().find(({ text }) => text.startsWith('✋'))?.blocks),
  ).toContain(`Approved by ${userArn('ada')}`);
  const shown = await as('eve', { action: 'show', approvalId });
  expect(shown.audit?.map(({ actor, authenticated, verdict }) => [actor, authenticated, verdict])).toEqual([
    [userArn('eve'), 'signed by AWS IAM', 'refused: not allowed'],
    [userArn('ada'), 'signed by AWS IAM', 'decided'],
  ]);
  expect(await as('ada', { action: 'approve', approvalId })).toMatchObject({ verdict: 'refused' });

  // Others hear of all of it, as docs/events.md tells it.
  await world.clock.advance(5000);
  const told = world.calls.flatMap(({ operation, input }) =>
    operation === 'PutEvents' ? (input.Entries as { DetailType: string; Detail: string }[]) : [],
  );
  const events = told.flatMap(({ DetailType, Detail }) =>
    DetailType.startsWith('Approval')
      ? [{ type: DetailType as keyof typeof domainEventSchemas, detail: JSON.parse(Detail) }]
      : [],
  );
  const ids = events.map(({ detail }) => detail.id.slice(approvalId.length));
  expect(ids.sort()).toEqual(['/Asked', '/Attempt 1', '/Attempt 2', '/Attempt 3', '/Decided']);
  for (const { type, detail } of events)
    expect(domainEventSchemas[type].safeParse(detail).error).toBeUndefined();
});

test('one person does not count twice by coming through both doors', async () => {
  const { as, approvalId, ...world } = await asking({
    environment: { approval: { approvals: 2 } },
    people: { ada: { slack: 'U0ADA', principals: [userArn('ada')] } },
  });

  await world.click('approve', '', { by: 'U0ADA' });
  const again = await as('ada', { action: 'approve', approvalId });
  const stranger = await as('bob', { action: 'approve', approvalId });

  expect(again.says).toContain('You have done so already, as slack:U0ADA');
  expect(stranger.says).toContain('Nobody can tell whether you are the one who came as slack:U0ADA');
  expect(world.count('UpdateService')).toBe(0);
});

test('a release is rejected from a terminal while Slack is down all the time', async () => {
  const { as, approvalId, ...world } = await asking({ slackIsDown: true });

  const answer = await as('ada', { action: 'reject', approvalId, reason: 'not on a Friday' });
  await world.ended();

  expect(answer.verdict).toBe('decided');
  const [release] = await world.releases();
  expect(release).toMatchObject({
    outcome: 'Rejected',
    reason: `rejected by ${userArn('ada')}: not on a Friday`,
  });
});

test('nobody gets in without a signature that is right, or with one of a function of Tidegate', async () => {
  const { approvalId, as, ...world } = await asking();
  const body = JSON.stringify({ action: 'approve', approvalId });
  const send = async (headers: Record<string, string>) => {
    const sent = world.fetch(`${address}/functions/on-approval-command`, { method: 'POST', headers, body });
    await settle(world.clock, sent);
    return (await sent).status;
  };

  expect(await send({})).toBe(403);
  expect(
    await send({
      authorization: `AWS4-HMAC-SHA256 Credential=ada/20260105/eu-west-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
      'x-amz-date': '20260105T090000Z',
    }),
  ).toBe(403);
  await expect(as('ResolveRelease', { action: 'approve', approvalId })).rejects.toThrow('Forbidden');
  await expect(as('ada', { action: 'approve', approvalId: 'another' })).rejects.toThrow(
    'there is no approval another',
  );
  expect(world.count('UpdateService')).toBe(0);
});
