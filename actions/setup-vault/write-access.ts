import { randomUUID } from 'node:crypto';
import { CommandFailed } from '../shared/command-errors.ts';
import { ActionFailed, describeFailure } from '../shared/failures.ts';
import { Interrupted, interruption } from '../shared/interruption.ts';
import { alreadyThere, changed, type Done, deleted } from '../shared/report.ts';
import { roleAssignmentId } from '../shared/role-assignments.ts';
import type { Tools } from '../shared/tools.ts';
import { type Access, modelOf } from './access.ts';
import type { Inputs } from './inputs.ts';
import { missingIn, policyOf, writePolicy } from './policies.ts';
import { assignOnSecret, assignOnVault, hasRole } from './roles.ts';
import { showVault, type Vault } from './vault.ts';

/**
 * The caller's own permission to write the secret. Nothing is granted if the caller already has it. On a vault that this
 * repository's lab did not create, what was granted is taken back after the work, and never what existed before.
 */
export class WriteAccess {
  /** Whether this run granted something, which Azure might not show everywhere yet. */
  granted = false;
  readonly #access: Access;
  readonly #vault: Vault;
  readonly #isNew: boolean;
  readonly #isOwn: boolean;
  readonly #inputs: Inputs;
  readonly #tools: Tools;
  #widened = false;
  /** Set before anything is granted, so that a grant that is cut off is taken back too. */
  #toTakeBack: { assignmentId: string } | { added: readonly string[]; hadPolicy: boolean } | undefined;

  constructor(
    access: Access,
    { vault, isNew, isOwn }: { vault: Vault; isNew: boolean; isOwn: boolean },
    inputs: Inputs,
    tools: Tools,
  ) {
    this.#access = access;
    this.#vault = vault;
    this.#isNew = isNew;
    this.#isOwn = isOwn;
    this.#inputs = inputs;
    this.#tools = tools;
  }

  get model(): 'rbac' | 'access-policy' {
    return modelOf(this.#vault);
  }

  /** Grants what is missing. */
  async ensure(): Promise<Done> {
    if (this.granted) return alreadyThere(undefined);
    return this.model === 'rbac' ? this.#ensureRole() : this.#ensurePolicy();
  }

  async #ensureRole(): Promise<Done> {
    const { az } = this.#tools;
    const access = this.#access;
    if (await hasRole(az, access)) return alreadyThere(undefined);
    const name = randomUUID();
    if (!this.#isOwn) this.#toTakeBack = { assignmentId: roleAssignmentId(access.scope, name) };
    const description = this.#isOwn ? undefined : this.#description();
    try {
      const done = await assignOnSecret(access, this.#isOwn, this.#tools, {
        name,
        ...(description && { description }),
      });
      this.granted = true;
      if (done.outcome === 'already there') this.#toTakeBack = undefined;
      return done;
    } catch (error) {
      const refused = error instanceof CommandFailed && error.code !== 'AuthorizationFailed';
      if (!refused || this.#isOwn) throw error;
      throw new ActionFailed(
        `Azure did not assign ${access.role} to ${access.principalId} on the secret "${this.#inputs.secretName}" alone: ${describeFailure(error)}`,
        `This repository's lab did not create the vault, so the action assigns no role on the whole of it. Have its owner grant the role: az role assignment create --role "${access.role}" --assignee-object-id ${access.principalId} --assignee-principal-type ${access.principalType} --scope ${access.vaultId}`,
        'https://learn.microsoft.com/azure/key-vault/general/rbac-guide',
      );
    }
  }

  #description(): string {
    const { repository, group } = this.#inputs;
    return `Temporary: workload-identity-lab of ${repository || 'an unknown repository'} writes one secret (run ${group.tags.run ?? 'unknown'}).`;
  }

  async #ensurePolicy(): Promise<Done> {
    const { principalId: objectId, permissions } = this.#access;
    // Read now: what is granted besides is what is taken back.
    const vault = this.#isNew ? this.#vault : await this.#showVault();
    const policy = policyOf(objectId, vault);
    const added = missingIn(policy, permissions);
    if (added.length === 0) return alreadyThere(undefined);
    if (!this.#isOwn) this.#toTakeBack = { added, hadPolicy: policy !== undefined };
    await writePolicy('add', vault, { objectId, permissions: { secrets: added } }, this.#tools);
    this.granted = true;
    return changed(undefined);
  }

  /** Whether the role, assigned on the one secret, can still be assigned on the whole vault. */
  get canWiden(): boolean {
    return this.#isOwn && this.granted && !this.#widened && this.model === 'rbac';
  }

  /** Assigns the role on the whole vault: for a vault that does not accept it on the one secret. */
  async widen(): Promise<void> {
    this.#widened = true;
    await assignOnVault(this.#access, this.#tools, 'The vault does not accept the role on the secret alone');
  }

  /**
   * Takes back what was granted for this run, also while the step is being cancelled.
   * @throws {ActionFailed} with the command that takes it back by hand.
   */
  async takeBack(): Promise<void> {
    if (!this.#toTakeBack) return;
    const { principalId } = this.#access;
    await this.#tools.report.step('Temporary permission', principalId, async () => {
      try {
        await this.#take(interruption.signal.aborted);
      } catch (error) {
        try {
          if (!(error instanceof Interrupted)) throw error;
          await this.#take(true);
        } catch (failure) {
          throw this.#notTakenBack(failure);
        }
      }
      return deleted(undefined);
    });
  }

  async #take(lastWord: boolean): Promise<void> {
    const { az } = this.#tools;
    const granted = this.#toTakeBack!;
    if ('assignmentId' in granted) {
      await az(['role', 'assignment', 'delete', '--ids', granted.assignmentId], { lastWord });
      return;
    }
    const { principalId: objectId } = this.#access;
    const vault = await this.#showVault(lastWord);
    const policy = policyOf(objectId, vault);
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
    const vault = await showVault(this.#inputs, this.#tools.az, { lastWord });
    if (vault) return vault;
    throw new Error(`Key vault ${this.#inputs.vaultName} was deleted meanwhile.`);
  }

  #notTakenBack(error: unknown): ActionFailed {
    const granted = this.#toTakeBack!;
    const { principalId, vaultId } = this.#access;
    const command =
      'assignmentId' in granted
        ? `az role assignment delete --ids ${granted.assignmentId}`
        : granted.hadPolicy
          ? `remove ${granted.added.join(' and ')} from its access policy (az keyvault show --name ${this.#vault.name} shows the policies)`
          : `az keyvault delete-policy --name ${this.#vault.name} --object-id ${principalId}`;
    return new ActionFailed(
      `The temporary permission of ${principalId} on ${vaultId} was not taken back: ${describeFailure(error)}`,
      `Take it back: ${command}`,
      'https://learn.microsoft.com/azure/key-vault/general/rbac-guide',
    );
  }
}
