/** A state machine's definition, as far as the pages read it; whatever else is in it is left alone. */

export interface StateDefinition {
  Type: string;
  Comment?: string;
  Resource?: string;
  Next?: string;
  Default?: string;
  Seconds?: number | string;
  TimeoutSeconds?: number | string;
  Error?: string;
  Choices?: { Next: string; Condition?: string }[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number }[];
}

export interface Definition {
  Comment?: string;
  StartAt: string;
  States: Record<string, StateDefinition>;
}

export const waitsForToken = ({ Resource = '' }: StateDefinition) => Resource.endsWith('.waitForTaskToken');
