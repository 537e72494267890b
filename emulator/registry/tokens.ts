import { randomBytes, randomUUID } from 'node:crypto';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { Access } from './access.ts';

/** Seconds. */
const lifetime = { refresh_token: 3 * 3600, access_token: 75 * 60 } as const;

type Kind = keyof typeof lifetime;

/** Only registries read them. */
export class RegistryTokens {
  readonly #key = randomBytes(32);

  issueRefreshToken(registry: string, principalId: string): Promise<string> {
    return this.#issue('refresh_token', registry, principalId, {});
  }

  /** @param principalId undefined for an anonymous client */
  issueAccessToken(
    registry: string,
    principalId: string | undefined,
    access: readonly Access[],
  ): Promise<string> {
    return this.#issue('access_token', registry, principalId, { access });
  }

  /** @returns the object ID; `undefined` for an invalid token */
  async verifyRefreshToken(registry: string, token: string): Promise<string | undefined> {
    return (await this.#verify('refresh_token', registry, token))?.sub;
  }

  /** @returns `undefined` for an invalid token */
  async verifyAccessToken(registry: string, token: string): Promise<readonly Access[] | undefined> {
    const claims = await this.#verify('access_token', registry, token);
    return claims && (claims.access as readonly Access[]);
  }

  #issue(kind: Kind, registry: string, principalId: string | undefined, claims: JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ ...claims, version: '1.0', grant_type: kind })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setJti(randomUUID())
      .setSubject(principalId ?? '')
      .setIssuer('Azure Container Registry')
      .setAudience(registry)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetime[kind])
      .sign(this.#key);
  }

  async #verify(kind: Kind, registry: string, token: string): Promise<JWTPayload | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        issuer: 'Azure Container Registry',
        audience: registry,
        requiredClaims: ['exp'],
      });
      return payload.grant_type === kind ? payload : undefined;
    } catch {
      return undefined;
    }
  }
}
