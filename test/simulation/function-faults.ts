/** What an invocation of a function meets. */
export interface FunctionFault {
  function: string;
  from: number;
  times: number;
  kind: FunctionFaultKind;
}
export const functionFaultKinds = [
  'crashes before it works',
  'crashes after it worked',
  'runs out of time after it worked',
  'starts cold',
] as const;
export type FunctionFaultKind = (typeof functionFaultKinds)[number];
