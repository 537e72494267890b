import type { EntraContext } from '../entra/context.ts';
import type { Authorization } from './authorization/authorization.ts';

export interface ArmContext extends Omit<EntraContext, 'network'> {
  readonly subscriptionId: string;
  readonly authorization: Authorization;
}
