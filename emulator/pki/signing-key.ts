import { createHash, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { createCertificate } from './x509.ts';

export interface PublishedKey extends JsonWebKey {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
}

/** RS256. */
export class SigningKey {
  readonly kid: string;
  readonly published: PublishedKey;
  readonly publicKey: KeyObject;
  /** Self-signed, DER. Only clients that read `x5c` use it. */
  readonly certificate: Buffer;
  readonly #privateKey: KeyObject;

  private constructor(publicKey: KeyObject, privateKey: KeyObject) {
    const name = 'accounts.accesscontrol.windows.net';
    const issuer = { name, privateKey };
    this.certificate = createCertificate({ subject: name, publicKey, issuer, validDays: 5 * 365 });
    // Entra's `x5t` and `kid` are equal.
    this.kid = createHash('sha1').update(this.certificate).digest('base64url');
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

  static async generate(): Promise<SigningKey> {
    const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return new SigningKey(publicKey, privateKey);
  }

  /**
   * @param header beside `typ`, `alg`, and `kid`
   * @returns the compact form
   */
  sign(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: this.kid, ...header })
      .sign(this.#privateKey);
  }
}
