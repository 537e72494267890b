import { createHash, randomBytes } from 'node:crypto';
import { setSecret } from '@actions/core';
import { maskSecret } from '../shared/mask.ts';

/** A secret value that the log masks. It leaves this process only in a private file for az. */
export interface SecretValue {
  readonly text: string;
  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string;
}

/** 256 random bits in base64url. Their digest reveals nothing about them, so it is not masked. */
export function generateValue(): SecretValue {
  const text = randomBytes(32).toString('base64url');
  maskSecret(text);
  return { text, sha256: digest(text) };
}

/** Masks a value and its digest: whoever sees the digest of a weak value can find the value by guessing. */
export function maskValue(text: string): SecretValue {
  maskSecret(text);
  const sha256 = digest(text);
  setSecret(sha256);
  return { text, sha256 };
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
