/** What Slack shows of going back from a release by hand: the button, and the dialog that says what would become of it and asks why. */
import type { KnownBlock, ModalView } from '@slack/types';
import { longestReason } from './approval/decide.ts';
import { reasonField } from './approval/message.ts';
import { shortDigest } from './image.ts';
import type { ReleaseRequest } from './release.ts';
import { context, section } from './slack-blocks.ts';
import { code, cut, escaped, limits, link, moment } from './slack-text.ts';

/** The action id of the button, whose value is the release's execution name, and what the dialog is called back with. */
export const rollBackAction = 'roll-back';

type Named = Pick<ReleaseRequest, 'service' | 'environment'> & { tag: string };

/** What a person types who goes back from it in a terminal. */
export const rollBackCommand = ({ service, environment }: Omit<Named, 'tag'>) =>
  `npx tidegate rollback ${service} ${environment} --reason "…"`;

export const rollBackButton = (release: string): KnownBlock => ({
  type: 'actions',
  block_id: `${rollBackAction} ${release}`,
  elements: [
    {
      type: 'button',
      ...{ action_id: rollBackAction, value: release },
      text: { type: 'plain_text', text: 'Roll back now…' },
    },
  ],
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const headline = ({ service, environment, tag }: Named) =>
  `*${escaped(service)} ${escaped(tag)}* in ${escaped(environment)}`;

const view = (release: string, blocks: KnownBlock[], submit?: string): ModalView => ({
  type: 'modal',
  callback_id: rollBackAction,
  private_metadata: release,
  title: plain('Roll back now'),
  ...(submit && { submit: plain(submit) }),
  close: plain(submit ? 'Cancel' : 'Close'),
  blocks,
});

/** The first that a click opens, within the three seconds that Slack gives: what is to be said takes longer. */
export const lookingDialog = (release: string, named: Named): ModalView =>
  view(release, [section(`${headline(named)}: what it would go back to is looked up…`)]);

/** In the place of the one before: why not, or what was started. `text` is escaped already. */
export const saidDialog = (release: string, text: string): ModalView =>
  view(release, [section(cut(text, limits.section))]);

/** Between the reason and what was started. */
export const startingDialog = (release: string): ModalView =>
  view(release, [section('Being started. It is told here in a moment, and in the channel.')]);

export interface GoingBack {
  kind: 'rollback';
  from: { tag: string; digest: string };
  to: {
    tag: string;
    digest: string;
    /** ms since the epoch. */
    deployedAt: number;
    commitUrl?: string | undefined;
  };
  /** Of the commits between them, where their images say. */
  compareUrl?: string | undefined;
  /** A release task of what is left ran well: what it changed stays. */
  schemaStays: boolean;
}

export interface TakingBack {
  kind: 'stop';
  /** Of the state machine. */
  state: string;
  becomes: 'ends' | 'is taken back';
  /** What serves again then, where that is known. */
  before: string | undefined;
}

/** What would become of it, with a field for the reason. */
export function rollBackDialog(release: string, named: Named, way: GoingBack | TakingBack): ModalView {
  const blocks = way.kind === 'rollback' ? goingBack(named, way) : takingBack(named, way);
  const why = way.kind === 'rollback' ? 'Why is it rolled back?' : 'Why is it stopped?';
  return view(release, [...blocks, reasonInput(why)], 'Roll back now');
}

function goingBack(named: Named, { from, to, compareUrl, schemaStays }: GoingBack): KnownBlock[] {
  const image = ({ tag, digest }: { tag: string; digest: string }) =>
    `${escaped(tag)} (${code(shortDigest(digest))})`;
  const commit = to.commitUrl ? ` · ${link(to.commitUrl, 'its commit')}` : '';
  const changes = [
    `• the image: ${image(from)} → ${image(to)}`,
    ...(compareUrl ? [`• what is taken away: ${link(compareUrl, 'commits between them')}`] : []),
    '• nothing else of the task definition',
  ];
  return [
    section(
      `*${escaped(named.service)}* in ${escaped(named.environment)} goes back to *${escaped(to.tag)}* (${code(shortDigest(to.digest))})`,
    ),
    section(`deployed ${moment(to.deployedAt)}${commit}`),
    section(['*What changes*', ...changes].join('\n')),
    ...(schemaStays
      ? [section('⚠️ What its release task changed, such as a schema, is not rolled back.')]
      : []),
    ...context([
      'It is a release as any other: deployed, tested and measured. It is neither scanned nor approved again, and runs no release task.',
    ]),
  ];
}

function takingBack(named: Named, { state, becomes, before }: TakingBack): KnownBlock[] {
  const what =
    becomes === 'ends'
      ? 'Nothing has changed yet: it ends, and what runs stays.'
      : `It is taken back, and ${before ? `${escaped(before)} serves` : 'what ran before serves'} again.`;
  return [
    section(`${headline(named)} is under way (${code(state)})`),
    section(what),
    ...context(['Its own flow does it, as if a check had failed: nothing is left half done.']),
  ];
}

const reasonInput = (label: string) => ({
  type: 'input' as const,
  block_id: reasonField,
  label: plain(label),
  element: {
    type: 'plain_text_input' as const,
    action_id: reasonField,
    multiline: true,
    min_length: 1,
    max_length: longestReason,
  },
});
