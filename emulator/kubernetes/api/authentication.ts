import type { Request } from '../../http/service.ts';
import type { Attributes, ExternalAuthority, User } from './authorization.ts';
import { unauthorized } from './status.ts';
import { digest, InvalidToken, type ServiceAccountTokens } from './tokens.ts';

/** Finds the user of a bearer token: a static token, an external one, or one of a service account. */
export class Authenticator {
  readonly #issuer: string;
  readonly #users: ReadonlyMap<string, User>;
  readonly #tokens: ServiceAccountTokens;
  readonly #external: ExternalAuthority | undefined;

  constructor(
    issuer: string,
    staticTokens: ReadonlyMap<string, User>,
    tokens: ServiceAccountTokens,
    external?: ExternalAuthority,
  ) {
    this.#issuer = issuer;
    this.#users = new Map([...staticTokens].map(([token, user]) => [digest(token), authenticated(user)]));
    this.#tokens = tokens;
    this.#external = external;
  }

  /** @throws StatusError 401. AKS does not allow anonymous requests. */
  async authenticate({ headers }: Request): Promise<User> {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (!token) throw unauthorized();
    const known = this.#users.get(digest(token));
    if (known) return known;
    const outside = await this.#external?.authenticate(token);
    if (outside) return authenticated(outside);
    try {
      return (await this.#tokens.verify(token)).user;
    } catch (error) {
      if (error instanceof InvalidToken) throw unauthorized();
      throw error;
    }
  }

  /** @throws InvalidToken */
  async reviewToken(
    token: string,
    audiences: readonly string[],
  ): Promise<{ user: User; audiences: string[] }> {
    const known = this.#users.get(digest(token));
    const isForThisApi = audiences.length === 0 || audiences.includes(this.#issuer);
    if (known && isForThisApi) return { user: known, audiences: [this.#issuer] };
    return this.#tokens.verify(token, audiences);
  }
}

/**
 * Returns the user that `kubectl --as` names, or the user itself.
 * @param require throws StatusError 403 if the user is not allowed to do that
 */
export function impersonate(
  { headers }: Request,
  user: User,
  require: (user: User, attributes: Attributes) => void,
): User {
  const name = headers['impersonate-user'];
  if (typeof name !== 'string') return user;
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  const target: Attributes = account
    ? { verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace, name: account }
    : { verb: 'impersonate', group: '', resource: 'users', name };
  const groupNames = [headers['impersonate-group'] ?? []].flat().flatMap(each => each.split(', '));
  const groups = groupNames.map(
    (group): Attributes => ({ verb: 'impersonate', group: '', resource: 'groups', name: group }),
  );
  for (const each of [target, ...groups]) require(user, each);
  if (account) groupNames.push('system:serviceaccounts', `system:serviceaccounts:${namespace}`);
  return authenticated({ name, groups: groupNames });
}

function authenticated(user: User): User {
  return { ...user, groups: [...new Set([...user.groups, 'system:authenticated'])] };
}
