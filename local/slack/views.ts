/** Dialogs: an app opens one for who has just clicked, and gets back what they fill in. */
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { checkBlocks, type StoredBlock } from './blocks.ts';
import { SlackError } from './content.ts';

/** How long after a click a dialog may be opened. */
const triggerLifetimeMs = 3000;

const plain = (max: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
const inputSchema = z.strictObject({
  type: z.literal('input'),
  block_id: z.string().min(1).max(255),
  label: plain(2000),
  optional: z.boolean().optional(),
  element: z.strictObject({
    type: z.literal('plain_text_input'),
    action_id: z.string().min(1).max(255),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  }),
});
const viewSchema = z.strictObject({
  type: z.literal('modal'),
  title: plain(24),
  submit: plain(24).optional(),
  close: plain(24).optional(),
  callback_id: z.string().max(255).default(''),
  private_metadata: z.string().max(3000).default(''),
  blocks: z.array(z.unknown()).min(1).max(100),
});

export type InputBlock = z.infer<typeof inputSchema>;
export interface View {
  id: string;
  person: { id: string; username: string };
  title: string;
  /** Undefined where there is nothing to send. */
  submit: string | undefined;
  callbackId: string;
  privateMetadata: string;
  blocks: (StoredBlock | InputBlock)[];
  /** What the app says of a field, by its block. */
  errors: Record<string, string>;
  /** What Slack tells the person, when the app did not take it. */
  notice?: string;
}

export type Views = ReturnType<typeof viewStore>;

export function viewStore(clock: Clock, newId: () => string) {
  const triggers = new Map<string, { end: number; person: View['person'] }>();
  const open = new Map<string, View>();

  return {
    open,

    /** Of a click: with it one dialog may be opened. */
    newTrigger(person: View['person']): string {
      const triggerId = `${clock.now()}.${newId()}`;
      triggers.set(triggerId, { end: clock.now() + triggerLifetimeMs, person });
      return triggerId;
    },

    /** `views.open`. Throws a `SlackError`. */
    show({ trigger_id: triggerId, view: given }: Record<string, unknown>): View {
      const trigger = triggers.get(String(triggerId));
      if (!trigger) throw new SlackError('invalid_trigger_id');
      if (clock.now() > trigger.end) throw new SlackError('expired_trigger_id');
      const content = contentOf(given);
      triggers.delete(String(triggerId));
      const view: View = { id: `V${newId()}`, person: trigger.person, ...content, errors: {} };
      open.set(view.id, view);
      return view;
    },

    /** `views.update`: in the place of one that is open. Throws a `SlackError`. */
    replace({ view_id: viewId, view: given }: Record<string, unknown>): View {
      const content = contentOf(given);
      const view = open.get(String(viewId));
      if (!view) throw new SlackError('not_found');
      delete view.notice;
      return Object.assign(view, content, { errors: {} });
    },
  };

  function contentOf(given: unknown): Omit<View, 'id' | 'person' | 'errors'> {
    const parsed = viewSchema.safeParse(typeof given === 'string' ? JSON.parse(given) : given);
    if (!parsed.success)
      throw new SlackError(
        'invalid_arguments',
        parsed.error.issues.map(
          ({ path, message }) => `[ERROR] ${message} [json-pointer:/view/${path.join('/')}]`,
        ),
      );
    const { title, submit, callback_id: callbackId, private_metadata: privateMetadata } = parsed.data;
    const blocks = parsed.data.blocks.map(blockOf);
    if (!submit && blocks.some(isInput))
      throw new SlackError('invalid_arguments', [
        '[ERROR] missing required field: submit [json-pointer:/view]',
      ]);
    return { title: title.text, submit: submit?.text, callbackId, privateMetadata, blocks };
  }

  function blockOf(block: unknown): StoredBlock | InputBlock {
    const input = inputSchema.safeParse(block);
    if (input.success) return input.data;
    const checked = checkBlocks([block], newId);
    if ('messages' in checked) throw new SlackError('invalid_arguments', checked.messages);
    const [stored] = checked.blocks;
    if (!stored) throw new SlackError('invalid_arguments');
    return stored;
  }
}

export const isInput = (block: StoredBlock | InputBlock): block is InputBlock => block.type === 'input';
