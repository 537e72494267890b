import {
  createHash,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  sign as signBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import {
  bitString,
  integer,
  nothing,
  objectIdentifier,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';

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
  /** A certificate of the key, signed with itself: DER. */
  readonly certificate: Buffer;
  readonly #privateKey: KeyObject;

  private constructor(publicKey: KeyObject, privateKey: KeyObject) {
    this.certificate = selfSigned(publicKey, privateKey);
    // The certificate's thumbprint, as in Entra, where `x5t` says the same as `kid`.
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

/** X.509 version 3, signed with RSA and SHA-256, good for five years: nobody but a reader of `x5c` looks at it. */
function selfSigned(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const algorithm = sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing());
  const name = sequence(
    set(sequence(objectIdentifier('2.5.4.3'), utf8String('accounts.accesscontrol.windows.net'))),
  );
  const now = Date.now();
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.from([2]))),
    // A positive serial number without leading zeros.
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(new Date(now - 86_400_000)), time(new Date(now + 5 * 365 * 86_400_000))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  return sequence(toBeSigned, algorithm, bitString(signBytes('sha256', toBeSigned, privateKey)));
}
