import {
  createHash,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import {
  bitString,
  boolean,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from './der.ts';

const day = 86_400_000;
const authorityName = 'Workload Identity Lab CA';
/** How many hosts' certificates are kept. */
const mostContexts = 256;
const leafName = 'Workload Identity Lab';

const serverAuth = objectIdentifier('1.3.6.1.5.5.7.3.1');
const clientAuth = objectIdentifier('1.3.6.1.5.5.7.3.2');

/** Whom a certificate is for. */
export interface AlternativeNames {
  readonly hosts?: readonly string[];
  /** IPv4. */
  readonly addresses?: readonly string[];
}

/** What one party of TLS holds, PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/**
 * The emulator's certificate authority. It lives as long as the process, and its key never leaves it.
 *
 * Certificates follow RFC 5280 closely, because Python from 3.13 on verifies strictly: the CA has critical basic
 * constraints and key usage and a subject key identifier, a leaf has an authority key identifier and its host as
 * alternative name.
 */
export class CertificateAuthority {
  /** The CA's own certificate, PEM. */
  readonly certificate: string;
  readonly #keys: KeyPair;
  readonly #leafKeys: KeyPair;
  readonly #contexts = new Map<string, SecureContext>();

  private constructor(keys: KeyPair, leafKeys: KeyPair) {
    this.#keys = keys;
    this.#leafKeys = leafKeys;
    this.certificate = certificate(authorityName, keys.publicKey, keys, [
      extension('2.5.29.19', sequence(boolean(true), integer(Buffer.from([0]))), 'critical'),
      // keyCertSign and cRLSign
      extension('2.5.29.15', bitString(Buffer.from([0b00000110]), 1), 'critical'),
      extension('2.5.29.14', octetString(keyIdentifier(keys.publicKey))),
    ]);
  }

  /** A new authority with keys of its own (EC P-256). */
  static async create(): Promise<CertificateAuthority> {
    const generate = () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    const [keys, leafKeys] = await Promise.all([generate(), generate()]);
    return new CertificateAuthority(keys, leafKeys);
  }

  /** The TLS side of a host: made once, then kept. All hosts share one key. */
  contextFor(host: string): SecureContext {
    const kept = this.#contexts.get(host);
    if (kept) return kept;
    const made = createSecureContext({
      key: pem(this.#leafKeys.privateKey),
      cert: this.#leaf(leafName, this.#leafKeys.publicKey, { hosts: [host] }, [serverAuth]),
    });
    this.#contexts.set(host, made);
    // Whoever asks for ever new names must not fill the memory: the oldest goes.
    if (this.#contexts.size > mostContexts) this.#contexts.delete(this.#contexts.keys().next().value!);
    return made;
  }

  /** A certificate of its own, with its key, for a party that shows it as server and as client. */
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
    return certificate(subject, publicKey, this.#keys, [
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

/** A certificate, PEM: X.509 version 3, signed by the authority with ECDSA and SHA-256. */
function certificate(
  subject: string,
  publicKey: KeyObject,
  authority: KeyPair,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const now = Date.now();
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.from([2]))),
    // A positive serial number without leading zeros.
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    commonName(authorityName),
    sequence(time(new Date(now - day)), time(new Date(now + 30 * day))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, authority.privateKey);
  const base64 = sequence(toBeSigned, algorithm, bitString(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));
}

function extension(oid: string, content: Buffer, critical?: 'critical'): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(content));
}

/** RFC 5280, 4.2.1.2, method 1: the hash of the public point, which ends the encoded key (65 bytes for P-256). */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}
