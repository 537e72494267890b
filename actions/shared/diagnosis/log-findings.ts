import { shorten } from './verdict.ts';

/** What a line of a log reports about the chain: a value, or a refusal by its code. */
export interface LogFinding {
  code: string;
  line: string;
}

export const VALUE_SHOWN = 'value';

export const TOKEN_EXCHANGED = 'exchanged';

export const ENTRA_UNREACHED = 'network_error';

/** The vault trusts another tenant than the one that the pod requests a token from. */
export const VAULT_OF_OTHER_TENANT = 'OtherTenant';

/** Codes of Entra and Key Vault. Not AKV10000, which answers the first request of every client: it has no token. */
const CODES =
  /\b(?:AADSTS\d+|ForbiddenByRbac|SecretNotFound|SecretDisabled|ForbiddenByFirewall|ForbiddenByConnection|AKV100(?!00)\d\d)\b/;

/** Messages without a code, and the code that they mean. */
const WORDS: readonly [RegExp, string][] = [
  // Python; Go; .NET.
  [
    /acquired a token from WorkloadIdentityCredential|authenticated with WorkloadIdentityCredential|credential selected: Azure\.Identity\.WorkloadIdentityCredential/,
    TOKEN_EXCHANGED,
  ],
  [/msal\.js\.errors#(?:network_error|endpoints_resolution_error)/, ENTRA_UNREACHED],
  // Key Vault sends its tenant in its first response.
  [/n(?:ot|'t) configured to acquire tokens for tenant/, VAULT_OF_OTHER_TENANT],
  [/Caller is not authorized to perform action on resource/, 'ForbiddenByRbac'],
  [/does not have secrets get permission/, 'AccessDenied'],
  [/was not found in this key vault/, 'SecretNotFound'],
  [/not allowed on a disabled secret/, 'SecretDisabled'],
  [/Client address is not authorized and caller is not a trusted service/, 'ForbiddenByFirewall'],
  [/Public network access is disabled and request is not from a trusted service/, 'ForbiddenByConnection'],
];

/** Network errors count only in a line about the chain, because a program has others too. */
const CONCERNS_CHAIN =
  /could not be read \(|\.vault\.|key ?vault|\blogin\.(?:microsoftonline|chinacloudapi)\b/i;
const NETWORK_WORDS: readonly [RegExp, string][] = [
  [/\bAccessDenied\b/, 'AccessDenied'],
  [/\bEAI_AGAIN\b/, 'EAI_AGAIN'],
  // Node; Python, .NET, Java and Go.
  [
    /\bENOTFOUND\b|Name or service not known|Failed to resolve|name resolution|UnknownHostException|no such host/,
    'ENOTFOUND',
  ],
  [/\bETIMEDOUT\b|timed out|i\/o timeout/i, 'ETIMEDOUT'],
  [/\bECONNREFUSED\b|connection refused/i, 'ECONNREFUSED'],
  [/\bEHOSTUNREACH\b|no route to host/i, 'EHOSTUNREACH'],
  [/\bENETUNREACH\b|network is unreachable/i, 'ENETUNREACH'],
  // A firewall that filters by host name accepts the connection, and then resets it.
  [/\bECONNRESET\b|connection reset|connection was forcibly closed|socket hang up/i, 'ECONNRESET'],
];

/**
 * Messages of the Azure Identity libraries in a container without workload identity. A code takes precedence, because
 * DefaultAzureCredential reports every credential that it tried.
 */
const NOT_CONFIGURED: readonly RegExp[] = [
  /(?:AZURE_FEDERATED_TOKEN_FILE|AZURE_CLIENT_ID|AZURE_TENANT_ID) is not set/,
  // Python, .NET, Java; JavaScript; Go.
  /WorkloadIdentityCredential authentication unavailable/,
  /WorkloadIdentityCredential: (?:is unavailable|authentication failed).*(?:required|not fully configured)/,
  /WorkloadIdentityCredential.*workload options are not fully configured/,
  /no (?:token file|client ID|tenant ID) specified\. Check pod configuration/,
  // The program requested the identity of the node, or used pod identity, the predecessor of workload identity.
  /ManagedIdentityCredential(?: authentication)?[: ]+(?:unavailable|failed|is unavailable|no managed identity)/i,
  /no azure identity found for request/,
  /identity has not been assigned to this resource/,
];

export const CLIENT_NOT_CONFIGURED = 'NotSetUp';

/** The last finding in a log: earlier ones might have passed. @param lines oldest first. */
export function lastFinding(lines: readonly string[]): LogFinding | undefined {
  for (const line of lines.toReversed()) {
    const code = codeOf(line);
    if (code) return { code, line };
  }
  const line = lines.findLast(each => NOT_CONFIGURED.some(pattern => pattern.test(each)));
  return line === undefined ? undefined : { code: CLIENT_NOT_CONFIGURED, line };
}

function codeOf(line: string): string | undefined {
  if (line.startsWith('Secret value: ')) return VALUE_SHOWN;
  const words = CONCERNS_CHAIN.test(line) ? [...WORDS, ...NETWORK_WORDS] : WORDS;
  return CODES.exec(line)?.[0] ?? words.find(([pattern]) => pattern.test(line))?.[1];
}

export function reasonIn(line: string): string {
  return shorten(line.replace(/^.*? could not be read \([^)]*\): /, ''));
}

export function presentedValue(line: string): string | undefined {
  return /presented assertion (?:subject|issuer|audience) '([^']*)'/.exec(line)?.[1];
}
