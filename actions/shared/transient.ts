import type { Az } from './az.ts';
import { CommandFailed, type CommandOptions, CommandTimedOut, isReadOnly } from './command.ts';
import type { Kubectl } from './kubectl.ts';
import type { Log } from './log.ts';
import { retry } from './retry.ts';
import type { Time } from './time.ts';

/** A sign in standard error that the same command can succeed later, and what it says in words. */
type Sign = readonly [RegExp, string];

/**
 * Failures that pass for any command. az itself repeats what is throttled or cut off a few times within seconds; this
 * is for what lasts longer.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
const ANY_AZ: readonly Sign[] = [
  // AKS's and Key Vault's code is the short one: https://learn.microsoft.com/azure/aks/quotas-skus-regions
  [/TooManyRequests|RequestsThrottled|\(Throttled\)|\b429\b.*Too Many|too many requests/i, 'Azure throttles'],
  [
    /AnotherOperationInProgress|another operation .*in progress|there's an in progress .* operation|operation is in progress|OperationPreempted/i,
    'another operation on it is in progress',
  ],
  [
    /\(ConcurrentUpdateError\)|\(EtagMismatch\)|\(PreconditionFailed\)/,
    'something else writes it at the same time',
  ],
  [
    /ConnectionResetError|Connection reset by peer|RemoteDisconnected|Connection aborted|IncompleteRead|UNEXPECTED_EOF_WHILE_READING/,
    'the connection was reset',
  ],
  [/Temporary failure in name resolution|EAI_AGAIN/, 'the name service does not answer'],
];

/**
 * What was created moments ago is not visible in every region of Resource Manager yet. The actions create something only in
 * what they created or read before, so that for a command that creates, this is no answer.
 * https://github.com/hashicorp/terraform-provider-azurerm/issues/18268
 */
const PARENT_NOT_SEEN: Sign = [
  /\((?:ResourceGroup|ParentResource|Resource)NotFound\)|Resource group '.*' could not be found/,
  'Azure does not show everywhere yet what this is created in',
];

/** Whether a command of az creates something in a resource or a resource group. */
function isCreation(args: readonly string[]): boolean {
  const end = args.findIndex(arg => arg.startsWith('-'));
  const words = args.slice(0, end < 0 ? args.length : end);
  return words[0] !== 'group' && ['create', 'build'].includes(words.at(-1) ?? '');
}

/**
 * What az prints where a host name does not resolve: urllib3 2, urllib3 1 (in the words of Linux, macOS and Windows),
 * aiohttp, and a proxy that does not find the host.
 */
const NOT_RESOLVED =
  /Failed to resolve|NameResolutionError|Name or service not known|nodename nor servname|Temporary failure in name resolution|No address associated with hostname|Name does not resolve|getaddrinfo|Tunnel connection failed: 50[234]/i;

/** Where these messages name the host. Some wordings of urllib3 1 name none. */
const HOSTS = /(?:host='|resolve '|connect to host |ENOTFOUND )([a-z0-9.-]+)/gi;

/** Whether a command failed because this host name does not resolve, as for minutes after the host was created. */
export function isNotResolved(error: unknown, host: string): boolean {
  if (!(error instanceof CommandFailed) || !NOT_RESOLVED.test(error.stderr)) return false;
  const named = [...error.stderr.matchAll(HOSTS)].map(([, name = '']) => name.toLowerCase());
  return named.length === 0 || named.includes(host.toLowerCase());
}

const ANY_KUBECTL: readonly Sign[] = [
  [/TooManyRequests|too many requests/i, 'the cluster throttles'],
  // In a cluster that was created or started just now, the webhook itself, its service, its certificate, and the tunnel
  // from the API server to the nodes become ready one after the other: https://github.com/Azure/AKS/issues/4139
  [/failed calling webhook|failed to call webhook/, 'a webhook of the cluster does not answer yet'],
  [/Client\.Timeout exceeded|context deadline exceeded/, 'the cluster did not answer in time'],
  [
    /connection reset by peer|unexpected EOF|: EOF\b|TLS handshake timeout|client connection lost/,
    'the connection was reset',
  ],
  [/the object has been modified/, 'something else writes it at the same time'],
];

/** A decision of an admission webhook or policy, whatever else its message quotes. */
const DENIED = /denied the request|\(Forbidden\)/;

/** Why this failure passes, if one of the signs says so. */
function signOf(error: unknown, signs: readonly Sign[]): string | undefined {
  if (error instanceof CommandTimedOut && isReadOnly(error.command)) return 'it did not end in time';
  if (!(error instanceof CommandFailed)) return undefined;
  if (signs === ANY_KUBECTL && DENIED.test(error.stderr)) return undefined;
  return signs.find(([pattern]) => pattern.test(error.stderr))?.[1];
}

/** Time, log, and for how long what passes is tried again. */
export interface Patience {
  time: Time;
  log: Log;
  retrySeconds: number;
}

/** az that tries again what fails for a reason that passes: throttling, another operation in progress, a reset. */
export function patientAz(az: Az, patience: Patience): Az {
  return (args, options) => {
    const signs = isCreation(args) ? [...ANY_AZ, PARENT_NOT_SEEN] : ANY_AZ;
    return patiently('az', args, options, signs, patience, () => az(args, options));
  };
}

/** kubectl in the same manner. */
export function patientKubectl(kubectl: Kubectl, patience: Patience): Kubectl {
  return (args, options) =>
    patiently('kubectl', args, options, ANY_KUBECTL, patience, () => kubectl(args, options));
}

/**
 * What is streamed (the log of a build or a pod) is not repeated here: half of it was shown already. Neither are last
 * words, for which there is no time.
 */
function patiently<T>(
  tool: string,
  args: readonly string[],
  options: CommandOptions | undefined,
  signs: readonly Sign[],
  { time, log, retrySeconds }: Patience,
  work: () => Promise<T>,
): Promise<T> {
  if (options?.onLine || options?.lastWord || options?.once) return work();
  const transient = (error: unknown) => signOf(error, signs);
  return retry({ what: wordsOf(tool, args), timeoutSeconds: retrySeconds, time, log, transient }, work);
}

/** A command without its options: `az aks show`. */
function wordsOf(tool: string, args: readonly string[]): string {
  const end = args.findIndex(arg => arg.startsWith('-'));
  return [tool, ...args.slice(0, end < 0 ? args.length : end)].join(' ');
}
