/** Where something of AWS is: an account and a Region. */

export interface Place {
  /** 12 digits. */
  account: string;
  region: string;
}

export const samePlace = (one: Place, other: Place): boolean =>
  one.account === other.account && one.region === other.region;

/** Of an environment that says so, else of the installation itself. */
export const placeOf = (
  { roleArn, region }: { roleArn?: string | undefined; region?: string | undefined },
  home: Place,
): Place => ({ account: roleArn?.split(':')[4] ?? home.account, region: region ?? home.region });
