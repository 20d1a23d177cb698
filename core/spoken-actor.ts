/** Who did something, for people who read it elsewhere than in Slack: its ids say nothing there. */

/** `slack:U012AB3CD` as `U012AB3CD in Slack`, wherever it stands in a text. */
export const spokenActors = (text: string): string =>
  text.replaceAll(/\bslack:([UW][A-Z0-9]{2,30})\b/g, '$1 in Slack');
