import { shorten } from './verdict.ts';

/** What a line of a log says of the chain: a value was shown, or a link refused, by its code. */
export interface LogFinding {
  code: string;
  line: string;
}

/** The sign that the lab's client reads the secret. */
export const VALUE_SHOWN = 'value';

/** The sign that Entra has exchanged the pod's token, in the words of the Azure Identity libraries. */
export const TOKEN_EXCHANGED = 'exchanged';

/** The sign that Entra was not reached, where MSAL for JavaScript does not say why. */
export const ENTRA_UNREACHED = 'network_error';

/** The sign that the vault trusts another tenant than the one that the pod asks. */
export const VAULT_OF_OTHER_TENANT = 'OtherTenant';

/**
 * Codes that nothing but Entra (AADSTS…) and Key Vault gives. AKV10000 is none: every client's first request has no
 * token, and is answered with it.
 */
const CODES =
  /\b(?:AADSTS\d+|ForbiddenByRbac|SecretNotFound|SecretDisabled|ForbiddenByFirewall|ForbiddenByConnection|AKV100(?!00)\d\d)\b/;

/** What Key Vault and the libraries say in words, where there is no code, and the code that it stands for. */
const WORDS: readonly [RegExp, string][] = [
  // Python; Go; .NET.
  [
    /acquired a token from WorkloadIdentityCredential|authenticated with WorkloadIdentityCredential|credential selected: Azure\.Identity\.WorkloadIdentityCredential/,
    TOKEN_EXCHANGED,
  ],
  [/msal\.js\.errors#(?:network_error|endpoints_resolution_error)/, ENTRA_UNREACHED],
  // The vault names its tenant in its first answer.
  [/n(?:ot|'t) configured to acquire tokens for tenant/, VAULT_OF_OTHER_TENANT],
  [/Caller is not authorized to perform action on resource/, 'ForbiddenByRbac'],
  [/does not have secrets get permission/, 'AccessDenied'],
  [/was not found in this key vault/, 'SecretNotFound'],
  [/not allowed on a disabled secret/, 'SecretDisabled'],
  [/Client address is not authorized and caller is not a trusted service/, 'ForbiddenByFirewall'],
  [/Public network access is disabled and request is not from a trusted service/, 'ForbiddenByConnection'],
];

/** These say something of the chain only in a line that is about it: a program meets them elsewhere, too. */
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
  // A firewall that filters by host name lets the connection come about, and cuts it.
  [/\bECONNRESET\b|connection reset|connection was forcibly closed|socket hang up/i, 'ECONNRESET'],
];

/**
 * What the Azure Identity libraries say when a container is not set up for workload identity. Weaker than any code:
 * their DefaultAzureCredential tells of every credential that it tried, the ones nobody meant last.
 */
const NOT_CONFIGURED: readonly RegExp[] = [
  /(?:AZURE_FEDERATED_TOKEN_FILE|AZURE_CLIENT_ID|AZURE_TENANT_ID) is not set/,
  // Python, .NET, Java; JavaScript; Go.
  /WorkloadIdentityCredential authentication unavailable/,
  /WorkloadIdentityCredential: (?:is unavailable|authentication failed).*(?:required|not fully configured)/,
  /WorkloadIdentityCredential.*workload options are not fully configured/,
  /no (?:token file|client ID|tenant ID) specified\. Check pod configuration/,
  // The node's identity, or pod identity before workload identity, was asked instead.
  /ManagedIdentityCredential(?: authentication)?[: ]+(?:unavailable|failed|is unavailable|no managed identity)/i,
  /no azure identity found for request/,
  /identity has not been assigned to this resource/,
];

export const CLIENT_NOT_CONFIGURED = 'NotSetUp';

/**
 * The last sign in a log: by its end one knows whether an earlier trouble passed.
 * @param lines the oldest first.
 */
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
  const signs = CONCERNS_CHAIN.test(line) ? [...WORDS, ...NETWORK_WORDS] : WORDS;
  return CODES.exec(line)?.[0] ?? signs.find(([pattern]) => pattern.test(line))?.[1];
}

/** What a line says the reason is, without the lab's client's own words about trying again, and bounded. */
export function reasonIn(line: string): string {
  return shorten(line.replace(/^.*? could not be read \([^)]*\): /, ''));
}

/** The issuer, subject or audience that Entra says it was shown. */
export function presentedValue(line: string): string | undefined {
  return /presented assertion (?:subject|issuer|audience) '([^']*)'/.exec(line)?.[1];
}
