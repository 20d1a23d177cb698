/** The ARNs and ids of ECS, in the shapes that AWS gives them. */

import type { Place } from '../../core/place.ts';

export const ecsArn = ({ account, region }: Place, resource: string) =>
  `arn:aws:ecs:${region}:${account}:${resource}`;

/** `name` of `…/name`, of an ARN or of itself. */
export const lastPart = (nameOrArn: string) => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

export interface Ids {
  /** 32 hexadecimal digits: tasks. */
  hex(length?: number): string;
  /** 19 digits: `ecs-svc/…` deployments and service revisions. */
  long(): string;
  /** 21 characters: service deployments. */
  short(): string;
  uuid(): string;
}

/** `random` answers numbers from 0 to below 1. */
export function ids(random: () => number): Ids {
  const draw = (alphabet: string, length: number) => {
    let drawn = '';
    while (drawn.length < length) drawn += alphabet[Math.floor(random() * alphabet.length)];
    return drawn;
  };
  const hex = (length = 32) => draw('0123456789abcdef', length);
  return {
    hex,
    long: () => draw('123456789', 1) + draw('0123456789', 18),
    short: () => draw(base64url, 21),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
  };
}
