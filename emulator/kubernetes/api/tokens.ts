import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { KeyRing } from '../../pki/key-ring.ts';
import { wholeSeconds } from '../../timestamps.ts';
import type { User } from './authorization.ts';
import { type ApiObject, type Fields, fields, text } from './fields.ts';
import { resource } from './resources.ts';
import { badRequest, cause, conflict, invalid, notFound, type StatusError } from './status.ts';
import type { Store } from './store.ts';

/**
 * Lifetime that client-go requests in pods. For its own audience, the server extends it to a year, so that old
 * clients that never read the file again still work.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/serviceaccount/claims.go
 */
const warnOnlyBoundTokenExpirationPeriod = 3607;
const expirationExtensionSeconds = 365 * 24 * 60 * 60;

/** Seconds that the token of a terminating pod stays valid. */
const deletionLeeway = 60;

/** The message is for the server only. */
export class InvalidToken extends Error {
  override name = 'InvalidToken';
}

interface SigningPair extends GenerateKeyPairResult {
  readonly published: JWK & { readonly kid: string };
}

/** Issues and verifies service account tokens: RS256 JWTs bound to objects. */
export class ServiceAccountTokens {
  readonly #issuer: string;
  readonly #store: Store;
  readonly #keys: KeyRing<SigningPair>;

  private constructor(issuer: string, store: Store, pair: SigningPair) {
    this.#issuer = issuer;
    this.#store = store;
    this.#keys = new KeyRing(pair);
  }

  /** Public keys that are valid now. */
  get jwks(): JSONWebKeySet {
    return { keys: this.#keys.valid.map(({ published }) => published) };
  }

  /** Signs with a new key. The previous key stays valid for a day, or until the next rotation. */
  async rotate(): Promise<void> {
    this.#keys.rotate(await signingPair());
  }

  /**
   * @param issuer issuer, and audience of tokens for this API
   * @param keys RSA key pair; the default is a new pair
   */
  static async create(
    issuer: string,
    store: Store,
    keys?: GenerateKeyPairResult,
  ): Promise<ServiceAccountTokens> {
    return new ServiceAccountTokens(issuer, store, await signingPair(keys));
  }

  /**
   * Answers a TokenRequest.
   * @throws StatusError 422 for less than 600 s, 404 or 409 if the bound object does not exist or has another UID
   * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
   */
  async request(account: ApiObject, request: Fields): Promise<ApiObject> {
    const { namespace = '', name = '', uid } = account.metadata;
    const asked = fields(request.spec);
    const audiences = strings(asked.audiences);
    const spec: Fields = {
      ...asked,
      audiences: audiences.length > 0 ? audiences : [this.#issuer],
      expirationSeconds: typeof asked.expirationSeconds === 'number' ? asked.expirationSeconds : 3600,
    };
    const seconds = spec.expirationSeconds as number;
    if (seconds < 600) throw invalidLifetime(seconds, 'may not specify a duration less than 10 minutes');
    if (seconds > 2 ** 32)
      throw invalidLifetime(seconds, 'may not specify a duration larger than 2^32 seconds');

    const bound = this.#boundObject(account, fields(spec.boundObjectRef));
    const now = Math.floor(Date.now() / 1000);
    const extended =
      bound.pod !== undefined &&
      seconds === warnOnlyBoundTokenExpirationPeriod &&
      strings(spec.audiences).every(audience => audience === this.#issuer);
    const { privateKey, published } = this.#keys.current;
    const token = await new SignJWT({
      iss: this.#issuer,
      sub: `system:serviceaccount:${namespace}:${name}`,
      aud: strings(spec.audiences),
      iat: now,
      nbf: now,
      exp: now + (extended ? expirationExtensionSeconds : seconds),
      jti: randomUUID(),
      'kubernetes.io': {
        namespace,
        ...bound,
        serviceaccount: { name, uid },
        ...(extended && { warnafter: now + seconds }),
      },
    })
      .setProtectedHeader({ alg: 'RS256', kid: published.kid })
      .sign(privateKey);
    return {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, uid: randomUUID(), creationTimestamp: wholeSeconds() },
      spec: { boundObjectRef: null, ...spec },
      status: { token, expirationTimestamp: wholeSeconds((now + seconds) * 1000) },
    };
  }

  /**
   * Verifies signature, issuer, times, audience, and the existence of bound objects.
   * @param audiences the token must have one of them; the default is this API
   * @returns the user, and the matching audiences
   * @throws InvalidToken
   */
  async verify(
    token: string,
    audiences: readonly string[] = [],
  ): Promise<{ user: User; audiences: string[] }> {
    const wanted = audiences.length > 0 ? [...audiences] : [this.#issuer];
    const payload = await this.#verified(token, wanted);
    const claims = fields(payload['kubernetes.io']);
    const namespace = text(claims.namespace);
    const account = fields(claims.serviceaccount);
    if (payload.sub !== `system:serviceaccount:${namespace}:${text(account.name)}`) {
      throw new InvalidToken('the subject does not match the service account');
    }
    this.#present('serviceaccounts', namespace, account);
    const pod = fields(claims.pod);
    if (claims.pod) this.#present('pods', namespace, pod);
    else if (claims.secret) this.#present('secrets', namespace, fields(claims.secret));
    else if (claims.node) this.#present('nodes', undefined, fields(claims.node));
    const node = fields(claims.node);
    const extra = {
      'authentication.kubernetes.io/credential-id': [`JTI=${payload.jti}`],
      ...(claims.node !== undefined && {
        'authentication.kubernetes.io/node-name': [text(node.name)],
        'authentication.kubernetes.io/node-uid': [text(node.uid)],
      }),
      ...(claims.pod !== undefined && {
        'authentication.kubernetes.io/pod-name': [text(pod.name)],
        'authentication.kubernetes.io/pod-uid': [text(pod.uid)],
      }),
    };
    return {
      user: {
        name: String(payload.sub),
        uid: text(account.uid),
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
        extra,
      },
      audiences: wanted.filter(audience => [payload.aud].flat().includes(audience)),
    };
  }

  async #verified(token: string, audience: string[]): Promise<JWTPayload> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const options = {
        issuer: this.#issuer,
        audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'sub'],
      };
      const verifying = this.#keys.valid
        // As in kube-apiserver: without a key ID, any key can match.
        .filter(({ published }) => kid === undefined || kid === published.kid)
        .map(({ publicKey }) => jwtVerify(token, publicKey, options));
      return (await Promise.any(verifying)).payload;
    } catch (error) {
      const [first] = error instanceof AggregateError ? error.errors : [error];
      throw new InvalidToken(first instanceof Error ? first.message : 'not a token of this issuer');
    }
  }

  /** Claims of the bound object. Empty for a token bound to the account only. */
  #boundObject(account: ApiObject, ref: Fields): Fields {
    const kind = text(ref.kind);
    if (!kind) return {};
    const plural = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind];
    if (!plural || text(ref.apiVersion) !== 'v1') {
      throw badRequest(`cannot bind token to object of type ${text(ref.apiVersion)}, Kind=${kind}`);
    }
    const type = resource(plural);
    const namespace = type.namespaced ? account.metadata.namespace : undefined;
    const object = this.#store.get(type, namespace, text(ref.name));
    if (!object) throw notFound(type, text(ref.name));
    const { name, uid } = object.metadata;
    if (kind === 'Pod' && text(fields(object.spec).serviceAccountName) !== account.metadata.name) {
      throw badRequest(
        `cannot bind token for serviceaccount "${account.metadata.name}" to pod running with different serviceaccount name.`,
      );
    }
    if (ref.uid && ref.uid !== uid) {
      const why =
        `the UID in the bound object reference (${text(ref.uid)}) does not match the UID in record. ` +
        'The object might have been deleted and then recreated';
      throw conflict({ group: '', plural: kind }, text(ref.name), why);
    }
    const nodeName = kind === 'Pod' ? text(fields(object.spec).nodeName) : '';
    const node = nodeName && this.#store.get(resource('nodes'), undefined, nodeName);
    return {
      ...(node && { node: { name: nodeName, uid: node.metadata.uid } }),
      [kind.toLowerCase()]: { name, uid },
    };
  }

  /** @throws InvalidToken if a bound object is gone, or has another UID */
  #present(plural: string, namespace: string | undefined, ref: Fields): void {
    const object = this.#store.get(resource(plural), namespace, text(ref.name));
    if (!object || object.metadata.uid !== ref.uid) {
      throw new InvalidToken(`${plural} ${text(ref.name)} that the token is bound to is gone`);
    }
    const gone = object.metadata.deletionTimestamp;
    if (gone && Date.parse(gone) + deletionLeeway * 1000 < Date.now()) {
      throw new InvalidToken(`${plural} ${text(ref.name)} that the token is bound to has been deleted`);
    }
  }
}

async function signingPair(keys?: GenerateKeyPairResult): Promise<SigningPair> {
  const { publicKey, privateKey } = keys ?? (await generateKeyPair('RS256'));
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    publicKey,
    privateKey,
    published: { use: 'sig', kty: 'RSA', kid, alg: 'RS256', n: jwk.n, e: jwk.e },
  };
}

/** SHA-256, to compare static tokens. */
export function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function invalidLifetime(seconds: number, why: string): StatusError {
  return invalid('TokenRequest.authentication.k8s.io', '', [
    cause.invalid('spec.expirationSeconds', seconds, why),
  ]);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}
