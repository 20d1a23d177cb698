/** Block Kit as Slack checks it: the blocks and elements that carry messages and buttons, with their limits. */
import * as z from 'zod';

const url = z.url().max(3000);
const plain = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
const mrkdwn = (max: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z.string().min(1).max(max),
    verbatim: z.boolean().optional(),
  });
const text = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);

const id = z.string().min(1).max(255).optional();
const style = z.enum(['primary', 'danger']).optional();

const button = z.strictObject({
  type: z.literal('button'),
  text: plain(75),
  action_id: id,
  value: z.string().max(2000).optional(),
  url: url.optional(),
  style,
  confirm: z
    .strictObject({ title: plain(100), text: text(300), confirm: plain(30), deny: plain(30), style })
    .optional(),
  accessibility_label: z.string().max(75).optional(),
});

const picture = { type: z.literal('image'), image_url: url, alt_text: z.string().min(1).max(2000) };
const image = z.strictObject(picture);

const block = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('header'),
    block_id: id,
    text: plain(150),
    level: z.int().min(1).max(4).optional(),
  }),
  z
    .strictObject({
      type: z.literal('section'),
      block_id: id,
      text: text(3000).optional(),
      fields: z.array(text(2000)).min(1).max(10).optional(),
      accessory: z.discriminatedUnion('type', [button, image]).optional(),
      expand: z.boolean().optional(),
    })
    .refine((section) => section.text ?? section.fields, {
      path: ['text'],
      error: 'missing required field: text',
    }),
  z.strictObject({
    type: z.literal('context'),
    block_id: id,
    elements: z
      .array(z.discriminatedUnion('type', [plain(3000), mrkdwn(3000), image]))
      .min(1)
      .max(10),
  }),
  z.strictObject({ type: z.literal('actions'), block_id: id, elements: z.array(button).min(1).max(25) }),
  z.strictObject({ ...picture, block_id: id, title: plain(2000).optional() }),
  z.strictObject({ type: z.literal('divider'), block_id: id }),
]);

const blocksSchema = z.array(block).max(50);

export type Block = z.infer<typeof block>;
export type Button = z.infer<typeof button>;
export type Text = z.infer<ReturnType<typeof text>>;

/** Slack gives every block and every button an id that the sender did not. */
export type StoredBlock = Block & { block_id: string };

/** The blocks with their ids, or what `response_metadata.messages` says of those that are wrong. */
export function checkBlocks(
  given: unknown,
  newId: () => string,
): { blocks: StoredBlock[] } | { messages: string[] } {
  const checked = blocksSchema.safeParse(given);
  if (!checked.success)
    return { messages: checked.error.issues.map((issue) => message(wording(issue), issue.path)) };
  const blocks = checked.data.map((one) => ({ ...named(one, newId), block_id: one.block_id ?? newId() }));
  const messages = twice(blocks);
  return messages.length > 0 ? { messages } : { blocks };
}

function named(block: Block, newId: () => string): Block {
  const withId = (element: Button): Button => ({ ...element, action_id: element.action_id ?? newId() });
  if (block.type === 'actions') return { ...block, elements: block.elements.map(withId) };
  if (block.type === 'section' && block.accessory?.type === 'button') {
    return { ...block, accessory: withId(block.accessory) };
  }
  return block;
}

/** Block ids are unique in a message, action ids in a block. */
function twice(blocks: readonly StoredBlock[]): string[] {
  const repeated = (ids: (string | undefined)[]) => ids.findIndex((one, index) => ids.indexOf(one) < index);
  const again = repeated(blocks.map(({ block_id }) => block_id));
  if (again >= 0)
    return [message(`\`block_id\` ${blocks[again]?.block_id} already exists`, [again, 'block_id'])];
  return blocks.flatMap((one, index) => {
    const at = one.type === 'actions' ? repeated(one.elements.map(({ action_id }) => action_id)) : -1;
    return at < 0 ? [] : [message('`action_id` already exists', [index, 'elements', at, 'action_id'])];
  });
}

const message = (text: string, path: readonly PropertyKey[]) =>
  `[ERROR] ${text} [json-pointer:${['/blocks', ...path.map(String)].join('/')}]`;

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'array'
        ? `no more than ${issue.maximum} items allowed`
        : `must be less than ${Number(issue.maximum) + 1} characters`;
    case 'too_small':
      return issue.origin === 'array'
        ? `no fewer than ${issue.minimum} items allowed`
        : `must be more than ${Number(issue.minimum) - 1} characters`;
    case 'invalid_type':
      return issue.input === undefined
        ? `missing required field: ${String(issue.path.at(-1))}`
        : `must be a ${issue.expected}`;
    case 'unrecognized_keys':
      return `invalid additional property: ${issue.keys.join(', ')}`;
    case 'invalid_union':
      return 'unsupported type';
    case 'invalid_format':
      return 'must be a valid URL';
    default:
      return issue.message;
  }
}
