/**
 * The mail with a link to decide by. It says what its reader must know and nothing that who builds images may write but the tag:
 * mail programs make links of whatever looks like one. The rest is on the page.
 */
import { shortDigest } from '../image.ts';
import { type HookPause, pausedSentence } from '../pause-hook.ts';
import { foreignText } from '../source/foreign-text.ts';
import { spelledTime } from '../spelled-time.ts';
import type { Subject } from './event.ts';

export interface Mail {
  subject: string;
  text: string;
}

interface AskedByMail {
  approvalId: string;
  subject: Subject;
  /** ms since the epoch. */
  expiresAt: number;
  pause?: HookPause | undefined;
}

export function approvalMail({ approvalId, subject, expiresAt, pause }: AskedByMail, url: string): Mail {
  const { service, environment, tag, digest } = subject;
  const what = foreignText(`${service} ${tag}`) ?? service;
  return {
    subject: `${what} waits for approval (${environment})`,
    text: [
      pause
        ? `${what} is being deployed to ${environment}, and waits for people to let it go on: ECS has ${pause.service} ${pausedSentence(pause)}.`
        : `${what} is to be deployed to ${environment}, and waits for people to approve it.`,
      '',
      `    digest  ${shortDigest(digest)}`,
      `    until   ${spelledTime(expiresAt)}`,
      '',
      'What it is, who made it and what it would change, with buttons to approve and to reject it:',
      '',
      url,
      '',
      'The link is yours alone and good for one decision. Whoever has it decides in your name: do not pass it on.',
      'To look at the page decides nothing.',
      '',
      `With AWS credentials the same is: npx tidegate approve ${approvalId}`,
      '',
    ].join('\n'),
  };
}
