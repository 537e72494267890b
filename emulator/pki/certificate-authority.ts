import { createHash, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import {
  bitString,
  boolean,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  taggedPrimitive,
} from './der.ts';
import { createCertificate, extension, toPem } from './x509.ts';

const authorityName = 'Workload Identity Lab CA';
const maxContexts = 256;
const leafName = 'Workload Identity Lab';

const serverAuth = objectIdentifier('1.3.6.1.5.5.7.3.1');
const clientAuth = objectIdentifier('1.3.6.1.5.5.7.3.2');

export interface AlternativeNames {
  readonly hosts?: readonly string[];
  /** IPv4. */
  readonly addresses?: readonly string[];
}

/** PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/**
 * The key exists only in this process. Python verifies strictly from 3.13 on, so certificates follow RFC 5280: the CA
 * has critical basic constraints, critical key usage, and a subject key identifier; a leaf has an authority key
 * identifier and its host as alternative name.
 */
export class CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly #keys: KeyPair;
  readonly #leafKeys: KeyPair;
  readonly #contexts = new Map<string, SecureContext>();

  private constructor(keys: KeyPair, leafKeys: KeyPair) {
    this.#keys = keys;
    this.#leafKeys = leafKeys;
    this.certificate = signedBy(keys, authorityName, keys.publicKey, [
      extension('2.5.29.19', sequence(boolean(true), integer(Buffer.from([0]))), 'critical'),
      // keyCertSign and cRLSign
      extension('2.5.29.15', bitString(Buffer.from([0b00000110]), 1), 'critical'),
      extension('2.5.29.14', octetString(keyIdentifier(keys.publicKey))),
    ]);
  }

  static async create(): Promise<CertificateAuthority> {
    const generate = () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const [keys, leafKeys] = await Promise.all([generate(), generate()]);
    return new CertificateAuthority(keys, leafKeys);
  }

  /** Cached. All hosts share one key. */
  contextFor(host: string): SecureContext {
    const kept = this.#contexts.get(host);
    if (kept) return kept;
    const made = createSecureContext({
      key: pem(this.#leafKeys.privateKey),
      cert: this.#leaf(leafName, this.#leafKeys.publicKey, { hosts: [host] }, [serverAuth]),
    });
    this.#contexts.set(host, made);
    // Bounds the memory for clients that request new names forever.
    if (this.#contexts.size > maxContexts) this.#contexts.delete(this.#contexts.keys().next().value!);
    return made;
  }

  /** For server and client authentication. */
  issue(subject: string, names: AlternativeNames): Credentials {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return {
      certificate: this.#leaf(subject, publicKey, names, [serverAuth, clientAuth]),
      key: pem(privateKey),
    };
  }

  #leaf(
    subject: string,
    publicKey: KeyObject,
    { hosts = [], addresses = [] }: AlternativeNames,
    usages: readonly Buffer[],
  ): string {
    return signedBy(this.#keys, subject, publicKey, [
      extension('2.5.29.19', sequence(), 'critical'),
      // digitalSignature
      extension('2.5.29.15', bitString(Buffer.from([0b10000000]), 7), 'critical'),
      extension('2.5.29.37', sequence(...usages)),
      extension(
        '2.5.29.17',
        sequence(
          ...hosts.map(host => taggedPrimitive(2, Buffer.from(host, 'ascii'))),
          ...addresses.map(address => taggedPrimitive(7, Buffer.from(address.split('.').map(Number)))),
        ),
      ),
      extension('2.5.29.14', octetString(keyIdentifier(publicKey))),
      extension('2.5.29.35', sequence(taggedPrimitive(0, keyIdentifier(this.#keys.publicKey)))),
    ]);
  }
}

/** Returns PEM. */
function signedBy(
  authority: KeyPair,
  subject: string,
  publicKey: KeyObject,
  extensions: readonly Buffer[],
): string {
  const issuer = { name: authorityName, privateKey: authority.privateKey };
  return toPem(createCertificate({ subject, publicKey, issuer, validDays: 30, extensions }));
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** RFC 5280, 4.2.1.2, method 1: the hash of the last 65 bytes of an encoded P-256 key. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}
