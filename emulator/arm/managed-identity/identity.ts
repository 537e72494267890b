import type { ServicePrincipal } from '../../entra/directory.ts';

export interface UserAssignedIdentity {
  /** ARM ID, with `resourcegroups` in lower case, as captured. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly principal: ServicePrincipal;
}
