/**
 * Azure has disabled ACR Tasks for some subscriptions, such as those with free credits: `TasksOperationsNotAllowed`.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
 */
export interface BuildSwitch {
  allowed: boolean;
  /** How many builds fail because the registry of the base throttles. */
  throttled: number;
}
