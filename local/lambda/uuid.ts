/** A version 4 UUID from the world's own randomness, so that a seed decides it. */
export function uuid(random: () => number): string {
  let text = '';
  for (const place of 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx') {
    if (place === 'x') text += digits[Math.floor(random() * 16)];
    else if (place === 'y') text += digits[8 + (Math.floor(random() * 16) % 4)];
    else text += place;
  }
  return text;
}

const digits = '0123456789abcdef';
