import { randomBytes, randomInt } from 'node:crypto';
import type { User } from './directory.ts';
import { entraErrors } from './errors.ts';

interface DeviceCode {
  readonly userCode: string;
  readonly clientId: string;
  readonly scope: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  approvedBy?: User;
}

interface SignIn {
  readonly user: User;
  readonly clientId: string;
}

/** Seconds. */
export const deviceCodeLifetime = 900;

/** Bounds the memory. */
const maxRefreshTokens = 10_000;

export class SignIns {
  readonly #deviceCodes = new Map<string, DeviceCode>();
  readonly #refreshTokens = new Map<string, SignIn>();

  /** The user enters the user code; the client polls with the device code. */
  startDeviceCode(clientId: string, scope: string): { userCode: string; deviceCode: string } {
    // Without look-alikes.
    const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
    const userCode = Array.from({ length: 9 }, () => alphabet[randomInt(alphabet.length)]).join('');
    const deviceCode = randomBytes(48).toString('base64url');
    const expiresAt = Date.now() + deviceCodeLifetime * 1000;
    for (const [code, { expiresAt: end }] of this.#deviceCodes) {
      if (end > Date.now()) break;
      this.#deviceCodes.delete(code);
    }
    this.#deviceCodes.set(deviceCode, { userCode, clientId, scope, expiresAt });
    return { userCode, deviceCode };
  }

  /** @returns false if no sign-in waits for the code */
  approve(userCode: string, user: User): boolean {
    const waiting = [...this.#deviceCodes.values()].find(
      code => code.userCode === userCode && code.expiresAt > Date.now(),
    );
    if (!waiting) return false;
    waiting.approvedBy = user;
    return true;
  }

  /**
   * Valid once.
   * @throws EntraError while it is pending, and if it is unknown or expired
   */
  redeemDeviceCode(deviceCode: string, clientId: string): SignIn & { scope: string } {
    const found = this.#deviceCodes.get(deviceCode);
    if (!found || found.clientId !== clientId) throw entraErrors.unknownGrant();
    if (found.expiresAt <= Date.now()) {
      this.#deviceCodes.delete(deviceCode);
      throw entraErrors.deviceCodeExpired();
    }
    if (!found.approvedBy) throw entraErrors.authorizationPending();
    this.#deviceCodes.delete(deviceCode);
    return { user: found.approvedBy, clientId, scope: found.scope };
  }

  /** Earlier ones stay valid, as with Entra. */
  issueRefreshToken(signIn: SignIn): string {
    const token = randomBytes(64).toString('base64url');
    this.#refreshTokens.set(token, signIn);
    if (this.#refreshTokens.size > maxRefreshTokens) {
      this.#refreshTokens.delete(this.#refreshTokens.keys().next().value!);
    }
    return token;
  }

  /** @throws EntraError if it is unknown or of a different client */
  redeemRefreshToken(token: string, clientId: string): SignIn {
    const found = this.#refreshTokens.get(token);
    if (!found || found.clientId !== clientId) throw entraErrors.unknownGrant();
    return found;
  }
}
