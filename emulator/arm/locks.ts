import type { JsonObject } from '../http/json.ts';
import { json, type Reply } from '../http/service.ts';
import { object } from './body.ts';
import { gatewayError } from './errors.ts';
import { IdMap, isWithin } from './resource-id.ts';

interface Lock {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
}

/**
 * Also protects everything below the scope. A resource group with a locked resource cannot be deleted.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export class Locks {
  readonly #locks = new IdMap<Lock>();

  /** Locks at, above, and below the scope. */
  list(scope: string): Reply {
    const at = normalize(scope);
    const value = this.#locks.values().filter(lock => isWithin(lock.scope, at) || isWithin(at, lock.scope));
    return json(200, { value: value.map(lockObject) });
  }

  get(scope: string, name: string): Reply {
    const id = idOf(scope, name);
    const found = this.#locks.get(id);
    if (found) return json(200, lockObject(found));
    throw gatewayError(404, 'LockNotFound', `The lock '${id}' could not be found.`);
  }

  put(scope: string, name: string, body: JsonObject): Reply {
    const { level } = object(body.properties);
    if (level !== 'CanNotDelete' && level !== 'ReadOnly')
      throw gatewayError(400, 'InvalidLockProperties', `The lock level '${level}' is not valid.`);
    const id = idOf(scope, name);
    const exists = this.#locks.has(id);
    const lock = this.#locks.set(id, { id, name, scope: normalize(scope), level });
    return json(exists ? 200 : 201, lockObject(lock));
  }

  delete(scope: string, name: string): Reply {
    return { status: this.#locks.delete(idOf(scope, name)) ? 200 : 204 };
  }

  /** @throws ArmError 409 */
  check(method: string, scope: string): void {
    const deletion = method === 'DELETE';
    const holds = ({ level, scope: locked }: Lock) =>
      isWithin(scope, locked) ? deletion || level === 'ReadOnly' : deletion && isWithin(locked, scope);
    const found = this.#locks.values().filter(holds);
    if (found.length === 0) return;
    const scopes = found.map(lock => `'${lock.scope}'`).join(',');
    throw gatewayError(
      409,
      'ScopeLocked',
      `The scope '${scope}' cannot perform ${deletion ? 'delete' : 'write'} operation because following scope(s) are locked: ${scopes}. Please remove the lock and try again.`,
    );
  }
}

/** az writes two slashes before the type of a top-level resource. */
function normalize(scope: string): string {
  return scope.replaceAll(/\/+/g, '/');
}

function idOf(scope: string, name: string): string {
  return `${normalize(scope)}/providers/Microsoft.Authorization/locks/${name}`;
}

function lockObject({ id, name, level }: Lock): object {
  return { id, name, type: 'Microsoft.Authorization/locks', properties: { level } };
}
