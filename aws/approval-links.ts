/** New links to approvals: what is in them is known to nobody but who gets the mail. */
import { randomBytes } from 'node:crypto';
import { hashOf } from '../core/approval/link.ts';
import type { Means } from './means.ts';

export interface FreshLink {
  /** With 256 bits of chance in it: for the mail, and for no log. */
  url: string;
  /** To be kept. */
  hash: string;
}

export function approvalLinks({ environment: { APPROVAL_PAGE_URL } }: Means) {
  return {
    /** Another one each time. */
    make(approvalId: string): FreshLink {
      if (!APPROVAL_PAGE_URL) throw new Error('APPROVAL_PAGE_URL is not set');
      const token = randomBytes(32).toString('base64url');
      const page = APPROVAL_PAGE_URL.replace(/\/*$/, '');
      return { url: `${page}/a/${encodeURIComponent(approvalId)}?t=${token}`, hash: hashOf(token) };
    },
  };
}
