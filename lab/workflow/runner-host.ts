import type { Permissions } from './permissions.ts';

/** What GitHub and the machine give to a run: where they come from is not the runner's business. */
export interface RunnerHost {
  /** The `vars` context. */
  readonly vars: Readonly<Record<string, string>>;
  /**
   * The environment that every process of a job starts from: PATH, HOME, proxy. Nothing else of this machine's environment
   * reaches a step.
   * @param directory the job's own, private
   */
  environment(directory: string): Promise<Readonly<Record<string, string>>>;
  /**
   * Asks for the right to fetch ID tokens with these claims: ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN. Missing where there is
   * nobody to ask.
   */
  idTokenRequest?(claims: Readonly<Record<string, string>>): Promise<{ url: string; token: string }>;
  /** A token for GitHub's API with these permissions in the run's repository: GITHUB_TOKEN. Missing where there is no GitHub. */
  githubToken?(permissions: Permissions): Promise<string>;
  /** Further variables for the lab's counterparts of actions. */
  readonly counterparts: Readonly<Record<string, string>>;
}
