import { randomBytes } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { KeyRing } from '../pki/key-ring.ts';
import type { SigningKey } from '../pki/signing-key.ts';
import type { Principal } from './directory.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface Caller {
  readonly objectId: string;
  /** For a user, the client of the sign-in. */
  readonly clientId?: string;
  readonly kind: 'User' | 'Application' | 'ManagedIdentity';
  readonly tenantId: string;
  readonly issuer: string;
  readonly audience: string;
}

/** `found` is the token's value if the reason is `issuer` or `audience`. */
export class TokenRejected extends Error {
  override readonly name = 'TokenRejected';
  readonly reason:
    | 'missing'
    | 'malformed'
    | 'signature'
    | 'issuer'
    | 'audience'
    | 'expired'
    | 'not-yet-valid';
  readonly found?: string;

  constructor(reason: TokenRejected['reason'], found?: string) {
    super(`access token refused: ${reason}`);
    this.reason = reason;
    this.found = found;
  }
}

/** az's own application. */
export const azureCliClientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** For slow clocks. Captured: exp − nbf = 24 h 5 min. */
const backdatedSeconds = 300;

/**
 * Access tokens of version 1.0.
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export class TokenService {
  readonly issuer: string;
  readonly keys: KeyRing<SigningKey>;
  readonly #tenantId: string;
  readonly #loginHost: string;
  readonly #verified = new VerifiedTokens();
  /** Seconds. `undefined`: Entra's own. */
  lifetime: number | undefined;

  /**
   * @param tenantId in lower case
   * @param key until the first rotation
   * @param loginHost for ID tokens
   */
  constructor(tenantId: string, key: SigningKey, loginHost = 'login.microsoftonline.com') {
    this.#tenantId = tenantId;
    this.#loginHost = loginHost;
    this.keys = new KeyRing(key);
    this.issuer = `https://sts.windows.net/${tenantId}/`;
  }

  /**
   * @param resource the audience: URL or GUID
   * @returns the token, and its lifetime in seconds: 24 h for a managed identity, otherwise 60 to 90 minutes
   */
  async issueAccessToken(
    principal: Principal,
    resource: string,
  ): Promise<{ accessToken: string; expiresIn: number }> {
    const usual = principal.kind === 'ManagedIdentity' ? 86_400 : 3600 + Math.floor(Math.random() * 1800);
    const expiresIn = this.lifetime ?? usual;
    const now = Math.floor(Date.now() / 1000);
    const key = this.keys.current;
    const accessToken = await key.sign(
      {
        aud: resource,
        iss: this.issuer,
        iat: now - backdatedSeconds,
        nbf: now - backdatedSeconds,
        exp: now + expiresIn,
        aio: opaque(),
        ...claimsAbout(principal, this.issuer),
        oid: principal.objectId,
        rh: opaque(),
        sub: principal.objectId,
        tid: this.#tenantId,
        uti: opaque(),
        ver: '1.0',
      },
      { x5t: key.kid },
    );
    return { accessToken, expiresIn };
  }

  /**
   * @param clientId the audience
   * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
   */
  issueIdToken(user: Principal & { kind: 'User' }, clientId: string): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return this.keys.current.sign({
      aud: clientId,
      iss: `https://${this.#loginHost}/${this.#tenantId}/v2.0`,
      iat: now - backdatedSeconds,
      nbf: now - backdatedSeconds,
      exp: now + 3600,
      name: user.displayName,
      oid: user.objectId,
      preferred_username: user.userPrincipalName,
      sub: user.objectId,
      tid: this.#tenantId,
      uti: opaque(),
      ver: '2.0',
    });
  }

  /**
   * @param audiences compared exactly
   * @throws TokenRejected
   */
  async verifyAccessToken(
    authorizationHeader: string | undefined,
    audiences: readonly string[],
  ): Promise<Caller> {
    const token = /^Bearer +(\S+)$/i.exec(authorizationHeader ?? '')?.[1];
    if (token === undefined) throw new TokenRejected('missing');
    const { oid, appid, idtyp, xms_mirid, aud } = await this.#verify(token, audiences);
    if (typeof oid !== 'string' || typeof aud !== 'string') throw new TokenRejected('malformed');
    return {
      objectId: oid,
      clientId: typeof appid === 'string' ? appid : undefined,
      kind: idtyp !== 'app' ? 'User' : xms_mirid === undefined ? 'Application' : 'ManagedIdentity',
      tenantId: this.#tenantId,
      issuer: this.issuer,
      audience: aud,
    };
  }

  async #verify(token: string, audiences: readonly string[]): Promise<JWTPayload> {
    const valid = this.keys.valid;
    const known = this.#verified.find(
      token,
      audiences,
      valid.map(({ kid }) => kid),
    );
    if (known) return known;
    try {
      const { payload, protectedHeader } = await jwtVerify(
        token,
        header => {
          const key = valid.find(({ kid }) => kid === header.kid);
          if (key === undefined) throw new errors.JWKSNoMatchingKey();
          return key.publicKey;
        },
        {
          algorithms: ['RS256'],
          issuer: this.issuer,
          audience: [...audiences],
          requiredClaims: ['exp', 'nbf'],
        },
      );
      this.#verified.add(token, { payload, kid: protectedHeader.kid! });
      return payload;
    } catch (error) {
      throw rejection(error);
    }
  }
}

function rejection(error: unknown): TokenRejected {
  if (error instanceof errors.JWTExpired) return new TokenRejected('expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    const found = error.payload[error.claim];
    const said = typeof found === 'string' ? found : undefined;
    if (error.claim === 'iss') return new TokenRejected('issuer', said);
    if (error.claim === 'aud') return new TokenRejected('audience', said);
    if (error.claim === 'nbf' && error.reason === 'check_failed') return new TokenRejected('not-yet-valid');
    return new TokenRejected('malformed');
  }
  const forged =
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey;
  return new TokenRejected(forged ? 'signature' : 'malformed');
}

function claimsAbout(principal: Principal, issuer: string): JWTPayload {
  if (principal.kind === 'User') {
    return {
      appid: azureCliClientId,
      appidacr: '0',
      idtyp: 'user',
      name: principal.displayName,
      scp: 'user_impersonation',
      unique_name: principal.userPrincipalName,
      upn: principal.userPrincipalName,
    };
  }
  return {
    appid: principal.clientId,
    // 2: certificate or assertion. Applications here have no secrets.
    appidacr: '2',
    idp: issuer,
    idtyp: 'app',
    xms_tcdt: tenantCreated,
    xms_mirid: principal.resourceId?.replace(/\/resourceGroups\//i, '/resourcegroups/'),
  };
}

/** Unix seconds. A claim in managed identities' tokens. */
const tenantCreated = 1_577_836_800;

/** A claim that only Entra reads. */
function opaque(): string {
  return randomBytes(16).toString('base64url');
}
