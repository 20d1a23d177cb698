/** Who may roll back by the button in Slack. */
import { describe, expect, test } from 'vitest';
import { approvalPolicySchema } from '../../core/approval/rules.ts';
import { refusalToRollBack, rollbackPolicySchema, whoMayRollBack } from '../../core/roll-back-by-slack.ts';

const rollback = rollbackPolicySchema.parse({ who: { slackUsers: ['U0ADA'], slackGroups: ['S0OPS'] } });
const approval = (settings: object) => approvalPolicySchema.parse(settings);
const command = 'npx tidegate rollback my-api production';

const refused = (settings: Parameters<typeof whoMayRollBack>[0], id: string, slackGroups?: string[]) =>
  refusalToRollBack({ id, slackGroups }, whoMayRollBack(settings), {}, command)?.why;

describe('rolling back by Slack', () => {
  test.each([
    { it: 'is for those who are named', settings: { rollback }, id: 'slack:U0ADA' },
    { it: 'is for members of a group', settings: { rollback }, id: 'slack:U0BOB', groups: ['S0OPS'] },
    { it: 'is not for others', settings: { rollback }, id: 'slack:U0EVE', groups: [], why: 'not allowed' },
    {
      it: 'is not for whose groups nobody knows',
      ...{ settings: { rollback }, id: 'slack:U0BOB', why: 'unknown' },
    },
    {
      it: 'is, unless it is said, for those who are named to approve',
      settings: { approval: approval({ who: { slackUsers: ['U0ADA'] } }) },
      id: 'slack:U0ADA',
    },
    {
      it: 'is for those of whom one is needed, too',
      settings: { approval: approval({ requireFrom: { ops: { slackUsers: ['U0ADA'] } } }) },
      id: 'slack:U0ADA',
    },
    {
      it: 'is not for who approves, where others are named',
      settings: { rollback, approval: approval({ who: { slackUsers: ['U0BOB'] } }) },
      ...{ id: 'slack:U0BOB', groups: [], why: 'not allowed' },
    },
    {
      it: 'is for nobody where anybody may approve',
      settings: { approval: approval({}) },
      ...{ id: 'slack:U0ADA', why: 'nobody' },
    },
    {
      it: 'is for nobody where only IAM knows who approves',
      settings: { approval: approval({ who: { principals: ['arn:aws:iam::123456789012:user/ada'] } }) },
      ...{ id: 'slack:U0ADA', why: 'nobody' },
    },
    { it: 'is for nobody where nothing is said', settings: {}, id: 'slack:U0ADA', why: 'nobody' },
  ])('$it', ({ settings, id, groups, why }) => {
    expect(refused(settings, id, groups)).toBe(why);
  });

  test('says what does the same in a terminal to whom it is not for', () => {
    expect(refusalToRollBack({ id: 'slack:U0EVE' }, [], {}, command)?.says).toContain(command);
  });
});
