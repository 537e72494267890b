import type { EntraContext } from '../entra/context.ts';
import type { Authorization } from './authorization/authorization.ts';

/** What Resource Manager and its resource providers share. */
export interface ArmContext extends Omit<EntraContext, 'network'> {
  /** The only subscription. */
  readonly subscriptionId: string;
  readonly authorization: Authorization;
}
