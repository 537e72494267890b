import type { Permissions } from './permissions.ts';

export interface RunnerHost {
  readonly vars: Readonly<Record<string, string>>;
  /**
   * No other variable of this machine reaches a step.
   * @param directory private to the job
   */
  environment(directory: string): Promise<Readonly<Record<string, string>>>;
  /** Returns ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN. Undefined if there is no issuer. */
  idTokenRequest?(claims: Readonly<Record<string, string>>): Promise<{ url: string; token: string }>;
  /** Undefined if there is no GitHub. */
  githubToken?(permissions: Permissions): Promise<string>;
  readonly counterparts: Readonly<Record<string, string>>;
}
