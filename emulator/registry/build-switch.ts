/**
 * Whether registries run builds. Azure has switched ACR Tasks off for some subscriptions, those on free credits among
 * them; then every request for a run is refused with `TasksOperationsNotAllowed`.
 * @see https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
 */
export interface BuildSwitch {
  allowed: boolean;
  /** How many of the next builds the registry of their base image refuses, because it has had too many requests. */
  throttled: number;
}
