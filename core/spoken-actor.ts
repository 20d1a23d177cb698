/** Who did something, for people who read it elsewhere than in Slack: its ids say nothing there. */

/** `slack:U012AB3CD` as `U012AB3CD in Slack`, and `link:ada` as `ada (by a link)`, wherever they stand in a text. */
export const spokenActors = (text: string): string =>
  text
    .replaceAll(/\bslack:([UW][A-Z0-9]{2,30})\b/g, '$1 in Slack')
    // A name of several words has no end that could be seen: it stays.
    .replaceAll(/\blink:([\w-]+(?:\.[\w-]+)*)(?=$| and |[,.:;])/g, '$1 (by a link)');
