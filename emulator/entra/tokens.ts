import { randomBytes } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { KeyRing } from '../pki/key-ring.ts';
import type { SigningKey } from '../pki/signing-key.ts';
import type { Principal } from './directory.ts';
import { VerifiedTokens } from './verified-tokens.ts';

/** Who sent a request, as their access token says. */
export interface Caller {
  readonly objectId: string;
  /** The application that asked for the token; a user's is the client they signed in with. */
  readonly clientId?: string;
  readonly kind: 'User' | 'Application' | 'ManagedIdentity';
  readonly tenantId: string;
  readonly issuer: string;
  readonly audience: string;
}

/** Why a bearer token is refused; `found` is what the token said where the reason is issuer or audience. */
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

/** az's own application: what users sign in with. */
export const azureCliClientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** Entra dates tokens five minutes back, against clocks that are behind: captured exp − nbf = 24 h 5 min. */
const backdatedSeconds = 300;

/**
 * Issues and verifies the access tokens of the tenant: v1.0 tokens, as ARM, Key Vault and Graph receive them.
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export class TokenService {
  readonly issuer: string;
  /** The keys of the tenant. */
  readonly keys: KeyRing<SigningKey>;
  readonly #tenantId: string;
  readonly #loginHost: string;
  readonly #verified = new VerifiedTokens();
  /** How long access tokens live that are issued from now on, in seconds; as Entra decides where undefined. */
  lifetime: number | undefined;

  /**
   * @param tenantId GUID, lower case
   * @param loginHost names the issuer of ID tokens
   * @param key signs the tokens of the tenant, until another takes its place in `keys`
   */
  constructor(tenantId: string, key: SigningKey, loginHost = 'login.microsoftonline.com') {
    this.#tenantId = tenantId;
    this.#loginHost = loginHost;
    this.keys = new KeyRing(key);
    this.issuer = `https://sts.windows.net/${tenantId}/`;
  }

  /**
   * An access token for a principal.
   * @param resource becomes the audience as it is: `https://vault.azure.net`, `https://management.core.windows.net/`, a GUID
   * @returns the token and its lifetime in seconds: 24 h for a managed identity, 60 to 90 minutes for anybody else
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
   * An ID token for a user who signed in, as MSAL reads it.
   * @param clientId the audience: the application the user signed in with
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
   * Who sent a request.
   * @param authorizationHeader the value of `Authorization`
   * @param audiences what the asked service accepts, compared exactly; the world's `cloud` has them
   * @throws TokenRejected where the bearer is missing or is not a valid token of this tenant for one of the audiences
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
    // A certificate or an assertion authenticated the application; the emulator's applications have no secrets.
    appidacr: '2',
    idp: issuer,
    idtyp: 'app',
    xms_tcdt: tenantCreated,
    xms_mirid: principal.resourceId?.replace(/\/resourceGroups\//i, '/resourcegroups/'),
  };
}

/** When the tenant was created, as managed identities' tokens tell it: Unix seconds. */
const tenantCreated = 1_577_836_800;

/** Claims that only Entra itself reads. */
function opaque(): string {
  return randomBytes(16).toString('base64url');
}
