import { isObject } from '../http/json.ts';
import { json, type Reply } from '../http/service.ts';
import { gatewayError } from './errors.ts';
import { IdMap, isWithin } from './resource-id.ts';

interface Lock {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
}

/**
 * Microsoft.Authorization/locks: a lock holds for its scope and everything below; a resource group is not deleted while
 * something in it is locked.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export class Locks {
  readonly #locks = new IdMap<Lock>();

  answer(asked: string, name: string | undefined, method: string, body: unknown): Reply {
    // az writes two slashes before the type of a resource at the top.
    const scope = asked.replaceAll(/\/+/g, '/');
    if (name === undefined) {
      if (method !== 'GET') throw notAllowed(method);
      // Those above the scope hold for it, too.
      const value = this.#locks
        .values()
        .filter(lock => isWithin(lock.scope, scope) || isWithin(scope, lock.scope));
      return json(200, { value: value.map(shown) });
    }
    const id = `${scope}/providers/Microsoft.Authorization/locks/${name}`;
    const found = this.#locks.get(id);
    switch (method) {
      case 'PUT': {
        const level = isObject(body) && isObject(body.properties) ? body.properties.level : undefined;
        if (level !== 'CanNotDelete' && level !== 'ReadOnly')
          throw gatewayError(400, 'InvalidLockProperties', `The lock level '${level}' is not valid.`);
        return json(found ? 200 : 201, shown(this.#locks.set(id, { id, name, scope, level })));
      }
      case 'DELETE':
        this.#locks.delete(id);
        return { status: found ? 200 : 204 };
      case 'GET':
        if (found) return json(200, shown(found));
        throw gatewayError(404, 'LockNotFound', `The lock '${id}' could not be found.`);
      default:
        throw notAllowed(method);
    }
  }

  /** @throws ArmError 409 when a lock forbids it */
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

function shown({ id, name, level }: Lock): object {
  return { id, name, type: 'Microsoft.Authorization/locks', properties: { level } };
}

function notAllowed(method: string): Error {
  return gatewayError(405, 'MethodNotAllowed', `The request method '${method}' is not allowed.`);
}
