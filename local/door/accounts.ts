/** AWS is many accounts and Regions: a call goes to the account of who signs it, in the Region that it is signed for. */
import type { Place } from '../../core/place.ts';
import { type AwsService, home } from '../aws-service.ts';
import { byPlace } from '../by-place.ts';
import type { Clock } from '../clock.ts';
import { type PermissionListener, permitting } from '../iam/permitting.ts';
import type { Principals } from '../iam/principals.ts';
import { isQuery, sts } from '../iam/sts.ts';
import type { Asked } from '../iam/wanted.ts';
import type { CallLimit } from '../limits/aws-limits.ts';
import { throttling } from '../limits/throttling.ts';
import { type Around, type AwsHandler, type AwsRequest, answering } from './answering.ts';
import { callerOf } from './wire.ts';

export interface AccountsOptions {
  clock: Clock;
  random: () => number;
  principals: Principals;
  servicesAt(place: Place): AwsService[];
  rolesOf(place: Place): Asked['rolesOf'];
  /** Of an account in a Region. */
  limits: readonly CallLimit[];
  around: Around;
  onPermission?: PermissionListener | undefined;
}

export function accounts(options: AccountsOptions): AwsHandler {
  const { clock, random, principals, limits, around, onPermission } = options;
  const doors = byPlace((place) => {
    const permit = permitting({ principals, rolesOf: options.rolesOf(place), onPermission });
    const limit = throttling(limits, clock);
    return answering({
      services: options.servicesAt(place),
      around(call, next) {
        const by = principals.functionOf(call.by) ?? call.by;
        return around({ ...call, by }, () => permit(call, () => limit(call, next)));
      },
    });
  });
  const tokens = sts({ random, principals, around, onPermission });

  function calledIn({ headers }: Pick<AwsRequest, 'headers'>): Place {
    const caller = callerOf(headers.authorization);
    const account = caller && principals.accountOf(caller.accessKeyId);
    // People may have any Region set: for them there is one.
    return caller && account !== undefined ? { account, region: caller.region || home.region } : home;
  }
  return (request) =>
    isQuery(request) ? tokens(request as AwsRequest) : doors.at(calledIn(request))(request);
}
