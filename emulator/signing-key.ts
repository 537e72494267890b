import { createHash, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';

/** A public key as a JWKS document publishes it. */
export interface PublishedKey extends JsonWebKey {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
}

/** An RSA key that signs tokens (RS256), and the public half that others verify them with. */
export class SigningKey {
  readonly kid: string;
  readonly published: PublishedKey;
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;

  private constructor(publicKey: KeyObject, privateKey: KeyObject) {
    const der = publicKey.export({ type: 'spki', format: 'der' });
    this.kid = createHash('sha1').update(der).digest('base64url');
    this.published = {
      ...publicKey.export({ format: 'jwk' }),
      kty: 'RSA',
      use: 'sig',
      alg: 'RS256',
      kid: this.kid,
    };
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  /** A new RSA key of 2048 bits, made off the main thread. */
  static async generate(): Promise<SigningKey> {
    const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return new SigningKey(publicKey, privateKey);
  }

  /**
   * Signs a JWT.
   * @param claims as they are: nothing is added
   * @param header further header parameters, next to `typ`, `alg` and `kid`
   * @returns the compact form
   */
  sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: this.kid, ...header })
      .sign(this.#privateKey);
  }
}
