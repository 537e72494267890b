import { type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';

const day = 86_400_000;

const algorithms = {
  /** ecdsa-with-SHA256 */
  ec: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
  /** sha256WithRSAEncryption */
  rsa: sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing()),
};

export interface CertificateOptions {
  /** Common name. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** `name` is the common name. An EC or RSA key. */
  readonly issuer: { readonly name: string; readonly privateKey: KeyObject };
  /** From yesterday on. */
  readonly validDays: number;
  readonly extensions?: readonly Buffer[];
}

/** Version 3, SHA-256. Returns DER. */
export function createCertificate(options: CertificateOptions): Buffer {
  const { subject, publicKey, issuer, validDays, extensions = [] } = options;
  const algorithm = algorithms[issuer.privateKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'];
  const now = Date.now();
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.from([2]))),
    // Positive, without leading zeros.
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    commonName(issuer.name),
    sequence(time(new Date(now - day)), time(new Date(now + validDays * day))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tagged(3, sequence(...extensions))] : []),
  );
  return sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, issuer.privateKey)));
}

/** @param oid `2.5.29.17` */
export function extension(oid: string, content: Buffer, critical?: 'critical'): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(content));
}

export function toPem(der: Buffer): string {
  const base64 = der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));
}
