/**
 * Failures of builds. Azure has disabled ACR Tasks for some subscriptions, such as those with free credits. They get
 * `TasksOperationsNotAllowed` for every run.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
 */
export interface BuildSwitch {
  allowed: boolean;
  /** Number of the next builds that fail because the registry of the base image throttles. */
  throttled: number;
}
