import { findResource } from '../shared/az.ts';
import { CommandFailed, failedWith } from '../shared/command-errors.ts';
import type { Tags } from '../shared/ownership.ts';
import { inPrivateFile } from '../shared/private-file.ts';
import { poll, retry } from '../shared/retry.ts';
import type { Tools } from '../shared/tools.ts';
import { maskValue, type SecretValue } from './secret-value.ts';
import { accessModelOf, type Vault } from './vault.ts';
import type { WriteAccess } from './write-access.ts';

export interface ExistingSecret {
  id: string;
  tags: Tags | null;
  /** In ISO 8601. */
  expires: string | null;
  notBefore: string | null;
}

/** Seconds to wait for the role on the one secret, before it is assigned on the whole vault of the lab. */
const SECRET_ROLE_SECONDS = 180;

/** Retries a command that needs a new permission until the permission is visible. */
export class StoredSecret {
  readonly #vault: Vault;
  readonly #arguments: readonly string[];
  readonly #name: string;
  readonly #access: WriteAccess;
  readonly #temporaryFolder: string | undefined;
  readonly #tools: Tools;

  constructor(
    vault: Vault,
    name: string,
    access: WriteAccess,
    temporaryFolder: string | undefined,
    tools: Tools,
  ) {
    this.#vault = vault;
    this.#name = name;
    this.#arguments = ['--vault-name', vault.name, '--name', name];
    this.#access = access;
    this.#temporaryFolder = temporaryFolder;
    this.#tools = tools;
  }

  async find(): Promise<ExistingSecret | 'disabled' | undefined> {
    // The query keeps the value out of az's output.
    const query = '{id: id, tags: tags, expires: attributes.expires, notBefore: attributes.notBefore}';
    const show = ['keyvault', 'secret', 'show', ...this.#arguments, '--query', query];
    try {
      return await this.#whenAllowed(() => findResource<ExistingSecret>(this.#tools.az, show));
    } catch (error) {
      if (failedWith(error, 'secret-disabled')) return 'disabled';
      throw error;
    }
  }

  async readValue({ id }: ExistingSecret): Promise<SecretValue> {
    return maskValue(
      await this.#tools.az<string>(['keyvault', 'secret', 'show', '--id', id, '--query', 'value']),
    );
  }

  /** @returns the ID of the new version, 32 hexadecimal digits */
  async write({ text }: SecretValue, tags: Tags): Promise<string> {
    const { id } = await inPrivateFile(text, this.#temporaryFolder, file =>
      this.#whenAllowed(() =>
        this.#tools.az<{ id: string }>([
          ...['keyvault', 'secret', 'set', ...this.#arguments, '--file', file, '--encoding', 'utf-8'],
          ...['--tags', ...Object.entries(tags).map(([key, value]) => `${key}=${value}`)],
          // The query keeps the value out of az's output.
          ...['--query', '{id: id}'],
        ]),
      ),
    );
    return versionOf(id);
  }

  async readDeletedTags(): Promise<Tags | null> {
    const show = ['keyvault', 'secret', 'show-deleted', ...this.#arguments, '--query', '{tags: tags}'];
    return (await this.#tools.az<{ tags: Tags | null }>(show)).tags;
  }

  async purge(): Promise<void> {
    await this.#tools.az(['keyvault', 'secret', 'purge', ...this.#arguments]);
  }

  /** Waits until the secret is readable, which takes some seconds. */
  async recover(): Promise<ExistingSecret | 'disabled'> {
    const { az, time, log, retrySeconds } = this.#tools;
    await az(['keyvault', 'secret', 'recover', ...this.#arguments, '--query', '{id: id}']);
    const what = `Secret ${this.#name}`;
    return poll<ExistingSecret | 'disabled'>({ what, timeoutSeconds: retrySeconds, time, log }, async () => {
      const found = await this.find();
      return found ? { value: found } : { state: 'being recovered' };
    });
  }

  /**
   * Retries until a new permission is visible, the host name of a new vault resolves, or a deletion or recovery has
   * finished.
   */
  async #whenAllowed<T>(work: () => Promise<T>): Promise<T> {
    const access = this.#access;
    const { time, log, retrySeconds } = this.#tools;
    const model = accessModelOf(this.#vault);
    const host = new URL(this.#vault.properties.vaultUri).hostname;
    const isDenied = (error: unknown): boolean =>
      failedWith(error, 'vault-role-missing') ||
      (model === 'access-policy' && access.granted && failedWith(error, 'vault-access-denied'));
    const transient = (error: unknown): string | undefined => {
      if (!(error instanceof CommandFailed)) return undefined;
      if (error.failedToResolve(host)) return 'the host name of the vault does not resolve yet';
      if (isDenied(error))
        return model === 'rbac'
          ? 'the role assignment is not visible yet (ForbiddenByRbac)'
          : 'the access policy is not visible yet (AccessDenied)';
      if (error.is('secret-being-deleted')) return 'the secret is being deleted or recovered';
      return undefined;
    };
    const attempt = async (): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        // The login used a temporary permission of another run, which has removed it since.
        const isRefused = failedWith(error, 'vault-role-missing') || failedWith(error, 'vault-access-denied');
        if (isRefused && !access.granted) await access.ensure();
        throw error;
      }
    };
    const options = {
      what: `Secrets of ${this.#vault.name}`,
      firstWaitSeconds: 2,
      time,
      log,
      transient,
    };
    if (access.canWiden && retrySeconds > SECRET_ROLE_SECONDS) {
      try {
        return await retry({ ...options, timeoutSeconds: SECRET_ROLE_SECONDS }, attempt);
      } catch (error) {
        if (!isDenied(error)) throw error;
        await access.widen();
      }
    }
    return retry({ ...options, timeoutSeconds: retrySeconds }, attempt);
  }
}

/** Reads the version in `https://VAULT.vault.azure.net/secrets/NAME/VERSION`. */
export function versionOf(id: string): string {
  return id.split('/').at(-1) ?? '';
}
