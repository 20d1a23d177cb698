/** The name of a release's execution: readable in the AWS console, and the same for an event that comes twice. */

/** Of Step Functions: StartExecution refuses a longer name. */
const limit = 80;

/**
 * `<service>-<environment>-<tag>-<first 8 of the event id>`, of characters that Step Functions allows.
 * Where that is too long, or has other characters, the end of the tag gives way to a hash of the whole: the same
 * event still gives every service and environment a name of its own.
 */
export function executionName(of: {
  service: string;
  environment: string;
  tag: string;
  eventId: string;
}): string {
  const whole = `${of.service}-${of.environment}-${of.tag}`;
  const event = of.eventId.slice(0, 8);
  const exact = `${whole}-${event}`;
  if (exact.length <= limit && /^[\w.-]+$/.test(exact)) return exact;

  const end = `-${hash(`${whole}-${of.eventId}`)}-${allowed(event)}`;
  return allowed(whole).slice(0, limit - end.length) + end;
}

const allowed = (text: string) => text.replace(/[^\w.-]/g, '-');

/** FNV-1a, 32 bits: the few names that one event leads to must differ, nobody has to be kept from forging one. */
function hash(text: string): string {
  let bits = 0x811c9dc5;
  for (const character of text) bits = Math.imul(bits ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (bits >>> 0).toString(16).padStart(8, '0');
}
