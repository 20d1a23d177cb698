/** The types of asl-validator, which publishes none, as far as it is used. */
declare module 'asl-validator' {
  /** Writes defaults into the definition that it is given. */
  export default function validate(
    definition: unknown,
    options: { checkPaths: boolean; checkArn: boolean },
  ): { isValid: boolean; errors: { 'Error code': string; Message: string }[] };
}
