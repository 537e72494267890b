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

/** A user who signed in with a client. */
interface SignIn {
  readonly user: User;
  readonly clientId: string;
}

/** How long a user has for the device code, in seconds. */
export const deviceCodeLifetime = 900;

/** How many refresh tokens stay good: a client that signs in for ever must not fill the memory. */
const mostRefreshTokens = 10_000;

/** The sign-ins of users: device codes that wait for approval, and refresh tokens of those who are in. */
export class SignIns {
  readonly #deviceCodes = new Map<string, DeviceCode>();
  readonly #refreshTokens = new Map<string, SignIn>();

  /** Starts a sign-in: the user code is for the person, the device code for the client that waits. */
  startDeviceCode(clientId: string, scope: string): { userCode: string; deviceCode: string } {
    // Without letters and digits that are easily mistaken for another.
    const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
    const userCode = Array.from({ length: 9 }, () => alphabet[randomInt(alphabet.length)]).join('');
    const deviceCode = randomBytes(48).toString('base64url');
    const expiresAt = Date.now() + deviceCodeLifetime * 1000;
    // Those that nobody came back for.
    for (const [code, { expiresAt: end }] of this.#deviceCodes) {
      if (end > Date.now()) break;
      this.#deviceCodes.delete(code);
    }
    this.#deviceCodes.set(deviceCode, { userCode, clientId, scope, expiresAt });
    return { userCode, deviceCode };
  }

  /**
   * What the user does on the verification page.
   * @returns false where no sign-in waits for this code
   */
  approve(userCode: string, user: User): boolean {
    const waiting = [...this.#deviceCodes.values()].find(
      code => code.userCode === userCode && code.expiresAt > Date.now(),
    );
    if (!waiting) return false;
    waiting.approvedBy = user;
    return true;
  }

  /**
   * The sign-in behind a device code, which is used up.
   * @throws EntraError while it is pending, and where the code is unknown or expired
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

  /** A new refresh token for a user who is signed in. Earlier ones stay good, as Entra's do. */
  issueRefreshToken(signIn: SignIn): string {
    const token = randomBytes(64).toString('base64url');
    this.#refreshTokens.set(token, signIn);
    if (this.#refreshTokens.size > mostRefreshTokens) {
      this.#refreshTokens.delete(this.#refreshTokens.keys().next().value!);
    }
    return token;
  }

  /** @throws EntraError where the token is unknown or belongs to another client */
  redeemRefreshToken(token: string, clientId: string): SignIn {
    const found = this.#refreshTokens.get(token);
    if (!found || found.clientId !== clientId) throw entraErrors.unknownGrant();
    return found;
  }
}
