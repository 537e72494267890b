import { readsFile } from './az-arguments.ts';
import { azEnvironment } from './az-configuration.ts';
import { type CommandOptions, runCommand } from './command.ts';
import { CommandFailed } from './command-errors.ts';
import { quote } from './quote.ts';

/**
 * @returns the JSON output; undefined if az prints none
 * @throws {CommandFailed}
 */
export type Az = <T = unknown>(args: readonly string[], options?: CommandOptions) => Promise<T>;

/** az with a configuration that no setting of the user changes; see {@link azEnvironment}. */
export const az: Az = async <T>(args: readonly string[], options: CommandOptions = {}): Promise<T> => {
  assertNoFile(args);
  const full = [...args, '--only-show-errors', '--output', 'json'];
  const env = { ...(await azEnvironment(process.env)), ...options.env };
  const { stdout } = await runCommand('az', full, { ...options, env });
  if (stdout.trim() === '') return undefined as T;
  try {
    return JSON.parse(stdout) as T;
  } catch {
    // The message does not contain the output, which might be a secret.
    throw new Error(
      `az ${full.join(' ')} succeeded, but its output (${stdout.length} characters) is not JSON.`,
    );
  }
};

/**
 * The last check of values from users, pods, and clusters, after their own checks: az would send the content of a file of
 * this machine in place of the value.
 */
function assertNoFile(args: readonly string[]): void {
  const found = args.find(
    (argument, index) => readsFile(argument) && args[index - 1] !== '--federated-token',
  );
  if (found !== undefined)
    throw new Error(
      `az was not started, because it would replace the argument ${quote(found)} with the content of a file.`,
    );
}

/** Commands for az itself, a login, or a tenant accept no subscription. */
const WITHOUT_SUBSCRIPTION =
  /^(?:version|login|logout|cloud|config|configure|ad|account (?:list|set|clear))(?: |$)/;

/**
 * Another process can change the active subscription of az at any time.
 * @param subscriptionId returns '' until the subscription is known; commands then run in the active one.
 */
export function azInSubscription(az: Az, subscriptionId: () => string): Az {
  return (args, options) => {
    const id = subscriptionId();
    const named = id === '' || args.includes('--subscription') || WITHOUT_SUBSCRIPTION.test(args.join(' '));
    return az(named ? args : [...args, '--subscription', id], options);
  };
}

/** Every other 404 (`SubscriptionNotFound`, an unknown resource type, a proxy's page) proves nothing about the resource. */
const ABSENT =
  /^(?:Resource|ResourceGroup|ParentResource|Secret|Vault|DeletedVault|RoleAssignment|Cluster|Registry)?NotFound$/;

export function isNotFound(error: unknown): boolean {
  if (!(error instanceof CommandFailed) || error.exitCode !== 3) return false;
  return error.code === undefined
    ? error.is('registry-object-not-found') || error.is('directory-object-not-found')
    : ABSENT.test(error.code);
}

export async function findResource<T>(az: Az, args: readonly string[]): Promise<T | undefined> {
  try {
    return await az<T>(args);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
