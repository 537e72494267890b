import { randomUUID } from 'node:crypto';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed, describeFailure } from '../shared/failures.ts';
import { Interrupted, interruption } from '../shared/interruption.ts';
import { quote } from '../shared/quote.ts';
import { alreadyThere, changed, type Done, deleted } from '../shared/report.ts';
import { roleAssignmentId } from '../shared/role-assignments.ts';
import type { Tools } from '../shared/tools.ts';
import { findPolicy, missingPermissions, writePolicy } from './access-policies.ts';
import type { Inputs } from './inputs.ts';
import { assignRoleOnSecret, assignRoleOnVault, hasRole } from './role-assignments.ts';
import type { SecretPermission, VaultState } from './secret-permissions.ts';
import { accessModelOf, findVault, type Vault } from './vault.ts';

export type WriteAccessInputs = Pick<Inputs, 'vaultName' | 'group' | 'secretName' | 'repository'>;

/** On a vault that this repository's lab did not create, the grant is temporary. Earlier grants never change. */
export class WriteAccess {
  /** Whether this step granted something. Azure might not show it everywhere yet. */
  granted = false;
  readonly #permission: SecretPermission;
  readonly #vault: Vault;
  readonly #isNew: boolean;
  readonly #isOwn: boolean;
  readonly #inputs: WriteAccessInputs;
  readonly #tools: Tools;
  #widened = false;
  /** Set before anything is granted, so that an interrupted grant is removed too. */
  #temporary: { assignmentId: string } | { added: readonly string[]; hadPolicy: boolean } | undefined;

  constructor(
    permission: SecretPermission,
    { vault, isNew, isOwn }: VaultState,
    inputs: WriteAccessInputs,
    tools: Tools,
  ) {
    this.#permission = permission;
    this.#vault = vault;
    this.#isNew = isNew;
    this.#isOwn = isOwn;
    this.#inputs = inputs;
    this.#tools = tools;
  }

  get #isRbac(): boolean {
    return accessModelOf(this.#vault) === 'rbac';
  }

  async ensure(): Promise<Done> {
    if (this.granted) return alreadyThere(undefined);
    return this.#isRbac ? this.#ensureRole() : this.#ensurePolicy();
  }

  async #ensureRole(): Promise<Done> {
    const { az } = this.#tools;
    const permission = this.#permission;
    if (await hasRole(az, permission)) return alreadyThere(undefined);
    const name = randomUUID();
    if (!this.#isOwn) this.#temporary = { assignmentId: roleAssignmentId(permission.scope, name) };
    const description = this.#isOwn ? undefined : this.#description();
    try {
      const done = await assignRoleOnSecret(permission, this.#isOwn, this.#tools, {
        name,
        ...(description && { description }),
      });
      this.granted = true;
      if (done.outcome === 'already there') this.#temporary = undefined;
      return done;
    } catch (error) {
      const refused = error instanceof CommandFailed && error.code !== 'AuthorizationFailed';
      if (!refused || this.#isOwn) throw error;
      throw new ActionFailed(
        `Azure did not assign the role ${quote(permission.role)} to ${quote(permission.principalId)} on the secret ${quote(this.#inputs.secretName)} alone. This repository's lab did not create the vault, so the action does not assign the role on the whole vault.\n${describeFailure(error)}`,
        `Ask the owner of the vault to assign it: az role assignment create --role "${permission.role}" --assignee-object-id ${permission.principalId} --assignee-principal-type ${permission.principalType} --scope ${permission.vaultId}`,
        'https://learn.microsoft.com/azure/key-vault/general/rbac-guide',
      );
    }
  }

  #description(): string {
    const { repository, group } = this.#inputs;
    return `Temporary: workload-identity-lab of ${repository || 'an unknown repository'} writes one secret (run ${group.tags.run ?? 'unknown'}).`;
  }

  async #ensurePolicy(): Promise<Done> {
    const { principalId: objectId, permissions } = this.#permission;
    // Read directly before: only what this step adds is removed later.
    const vault = this.#isNew ? this.#vault : await this.#showVault();
    const policy = findPolicy(objectId, vault);
    const added = missingPermissions(policy, permissions);
    if (added.length === 0) return alreadyThere(undefined);
    if (!this.#isOwn) this.#temporary = { added, hadPolicy: policy !== undefined };
    await writePolicy('add', vault, { objectId, permissions: { secrets: added } }, this.#tools);
    this.granted = true;
    return changed(undefined);
  }

  /** Whether the role is assigned only on the secret and can still be assigned on the whole vault. */
  get canWiden(): boolean {
    return this.#isOwn && this.granted && !this.#widened && this.#isRbac;
  }

  async widen(): Promise<void> {
    this.#widened = true;
    await assignRoleOnVault(
      this.#permission,
      this.#tools,
      'The vault does not accept the role on the secret alone',
    );
  }

  /**
   * Also runs while the step is being cancelled.
   * @throws {ActionFailed} with the command that removes the permission
   */
  async removeTemporary(): Promise<void> {
    if (!this.#temporary) return;
    const { principalId } = this.#permission;
    await this.#tools.report.step('Temporary permission', principalId, async () => {
      try {
        await this.#remove(interruption.signal.aborted);
      } catch (error) {
        try {
          if (!(error instanceof Interrupted)) throw error;
          await this.#remove(true);
        } catch (failure) {
          throw this.#notRemoved(failure);
        }
      }
      return deleted(undefined);
    });
  }

  async #remove(lastWord: boolean): Promise<void> {
    const { az } = this.#tools;
    const granted = this.#temporary!;
    if ('assignmentId' in granted) {
      await az(['role', 'assignment', 'delete', '--ids', granted.assignmentId], { lastWord });
      return;
    }
    const { principalId: objectId } = this.#permission;
    const vault = await this.#showVault(lastWord);
    const policy = findPolicy(objectId, vault);
    if (!policy) return;
    const secrets = (policy.permissions.secrets ?? []).filter(
      permission => !granted.added.includes(permission.toLowerCase()),
    );
    const others = Object.entries(policy.permissions).filter(
      ([kind, list]) => kind !== 'secrets' && list?.length,
    );
    const left = granted.hadPolicy || secrets.length > 0 || others.length > 0;
    const permissions = left ? { ...Object.fromEntries(others), secrets } : { secrets: [...granted.added] };
    await writePolicy(left ? 'replace' : 'remove', vault, { objectId, permissions }, this.#tools, {
      lastWord,
    });
  }

  async #showVault(lastWord = false): Promise<Vault> {
    const vault = await findVault(this.#inputs, this.#tools.az, { lastWord });
    if (vault) return vault;
    throw new Error(`Key vault ${quote(this.#inputs.vaultName)} was deleted while this step was running.`);
  }

  #notRemoved(error: unknown): ActionFailed {
    const granted = this.#temporary!;
    const { principalId, vaultId } = this.#permission;
    const command =
      'assignmentId' in granted
        ? `az role assignment delete --ids ${granted.assignmentId}`
        : granted.hadPolicy
          ? `remove ${granted.added.join(' and ')} from its access policy, which \`az keyvault show --name ${this.#vault.name}\` lists`
          : `az keyvault delete-policy --name ${this.#vault.name} --object-id ${principalId}`;
    return new ActionFailed(
      `The temporary permission of ${quote(principalId)} on ${quote(vaultId)} was not removed.\n${describeFailure(error)}`,
      `Remove it: ${command}`,
      'https://learn.microsoft.com/azure/key-vault/general/rbac-guide',
    );
  }
}
