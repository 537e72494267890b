import type { Permissions } from './permissions.ts';

/** What GitHub and the machine provide to a run. */
export interface RunnerHost {
  /** The `vars` context. */
  readonly vars: Readonly<Record<string, string>>;
  /**
   * The environment of every process of a job: PATH, HOME, proxy. No other variable of this machine reaches a step.
   * @param directory private to the job
   */
  environment(directory: string): Promise<Readonly<Record<string, string>>>;
  /**
   * ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN for ID tokens with these claims. Undefined if there is no issuer.
   */
  idTokenRequest?(claims: Readonly<Record<string, string>>): Promise<{ url: string; token: string }>;
  /** GITHUB_TOKEN with these permissions in the run's repository. Undefined if there is no GitHub. */
  githubToken?(permissions: Permissions): Promise<string>;
  /** Further variables for the local counterparts of actions. */
  readonly counterparts: Readonly<Record<string, string>>;
}
