import { ENGLISH } from './az-configuration.ts';
import { type CommandOptions, runCommand } from './command.ts';

/**
 * Runs `kubectl` against one cluster and gives its standard output.
 * @throws {CommandFailed} when kubectl fails.
 */
export type Kubectl = (args: readonly string[], options?: CommandOptions) => Promise<string>;

/**
 * A user's kuberc file can change the options of a command, and give its name to another.
 * https://kubernetes.io/docs/reference/kubectl/kuberc/
 */
const ENVIRONMENT = { ...ENGLISH, KUBERC: 'off', KUBECTL_KUBERC: 'false' };

/** Time limit of one request to the API server; kubectl has none by default. */
const REQUEST_TIMEOUT = ['--request-timeout', '60s'];

/** kubectl for the cluster of a kubeconfig file, without the user's preferences. */
export function kubectlWith(kubeconfig: string): Kubectl {
  return async (args, options) => {
    const env = { ...ENVIRONMENT, ...options?.env };
    // A followed log is one request that lasts as long as its caller wants.
    const timeout = args.includes('--follow') ? [] : REQUEST_TIMEOUT;
    const command = ['--kubeconfig', kubeconfig, ...timeout, ...args];
    return (await runCommand('kubectl', command, { ...options, env })).stdout;
  };
}

/** An object as the API server holds it; undefined when there is none. */
export async function getObject<T>(
  kubectl: Kubectl,
  kind: string,
  name: string,
  namespace?: string,
): Promise<T | undefined> {
  const scope = namespace ? ['--namespace', namespace] : [];
  const text = await kubectl(['get', kind, name, ...scope, '--ignore-not-found', '--output', 'json']);
  return text.trim() === '' ? undefined : (JSON.parse(text) as T);
}

/** Applies one manifest; it goes through standard input. */
export async function applyObject(kubectl: Kubectl, manifest: object): Promise<void> {
  await kubectl(['apply', '--filename', '-'], { input: JSON.stringify(manifest) });
}
