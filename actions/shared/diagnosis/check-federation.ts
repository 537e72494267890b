import { subjectOf } from '../workloads.ts';
import type { Claims } from './claims.ts';
import { type ComparedClaim, compare, comparedValue, nearestCredential } from './credentials.ts';
import {
  CLIENT_NOT_CONFIGURED,
  ENTRA_UNREACHED,
  type LogFinding,
  presentedValue,
  reasonIn,
  VAULT_OF_OTHER_TENANT,
} from './log-findings.ts';
import { USUAL_AUDIENCE, variable } from './pod.ts';
import type { Link, Verdict } from './verdict.ts';
import type { WorkloadState } from './workload-state.ts';

const PATIENCE = 'A credential that was made just now is seen after seconds to minutes.';
const FEDERATE = 'Run federate-identity with this cluster’s issuer, namespace and service-account.';

/**
 * The links between the pod and Entra: the client is set up, the identity is there and trusts the token, Entra exchanges
 * it.
 * @param sign the last that the pod's log says of the chain.
 */
export function checkFederation(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  if (showsExchange(finding)) return undefined;
  return (
    checkTenant(state, finding) ??
    checkIdentity(state, finding) ??
    checkCredentials(state, finding) ??
    checkExchange(state, finding)
  );
}

/** Whether Entra has exchanged the token: whoever was refused by the vault, or shown a value, had come so far. */
export function showsExchange(finding: LogFinding | undefined): boolean {
  return /^(value|exchanged|Forbidden|AccessDenied|Secret|AKV)/.test(finding?.code ?? '');
}

/** The client id that the pod asks for: its own, or the service account's. */
export function requestedClientId({ annotations, pod }: WorkloadState): string {
  return (pod && variable(pod, 'AZURE_CLIENT_ID')) || annotations?.clientId || '';
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function checkTenant(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { annotations, pod, identity } = state;
  const tenant = (pod && variable(pod, 'AZURE_TENANT_ID')) || annotations?.tenantId || '';
  // A tenant has names besides its id.
  const differs = identity && GUID.test(tenant) && tenant.toLowerCase() !== identity.tenantId.toLowerCase();
  const unknown = finding?.code === 'AADSTS90002';
  // Which of the two is wrong, only the identity's own tenant tells.
  const ofVault = finding?.code === VAULT_OF_OTHER_TENANT && !identity;
  if (!differs && !unknown && !ofVault) return undefined;
  const said = reasonIn(finding?.line ?? '');
  return {
    link: 'tenant-mismatch',
    seen: differs
      ? `The pod asks tenant ${tenant}, and the identity ${identity.name} belongs to tenant ${identity.tenantId}.`
      : unknown
        ? `Entra knows no such tenant (AADSTS90002): ${said}`
        : `The pod asks tenant ${tenant || '(not known)'}, and the vault trusts another: ${said}`,
    ...(differs && { comparison: compare(['pod', tenant], ['identity', identity.tenantId]) }),
    remedy:
      'Correct the annotation azure.workload.identity/tenant-id of the service account, or remove it, and make the pod again.',
    final: true,
  };
}

function checkIdentity(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  if (!/^AADSTS(700016|700038)$/.test(finding?.code ?? '')) return undefined;
  const { identity } = state;
  const found = identity
    ? `The subscription has it, as ${identity.name}: it is too new to be seen, or the pod asks another tenant.`
    : identity === null
      ? 'The subscription has no managed identity with this client id.'
      : '';
  return {
    link: 'identity-unknown',
    seen: `Entra knows no identity with the client id ${requestedClientId(state)} in this tenant (${finding?.code}). ${found}`,
    remedy:
      'Annotate the service account with the client id of an identity that exists (run federate-identity), and make the pod again.',
    final: false,
  };
}

/** What Entra calls the part in which no credential matches. */
const BY_CODE: Readonly<Record<string, ComparedClaim>> = {
  AADSTS700211: 'issuer',
  AADSTS700213: 'subject',
  AADSTS7002138: 'subject',
  AADSTS700212: 'audience',
  AADSTS7002121: 'audience',
};

function checkCredentials(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const refused = BY_CODE[finding?.code ?? ''];
  const claims = claimsOf(state, finding);
  if (!state.credentials) return refused && credentialUnseenVerdict(state, refused, claims, finding);

  const beside = nearestCredential(state.credentials, claims);
  if (!beside) {
    return {
      link: 'federated-credential-missing',
      seen: `The identity ${describeIdentity(state)} has no federated credential at all${codeOf(finding)}.`,
      remedy: `${FEDERATE} ${PATIENCE}`,
      final: true,
    };
  }
  const { credential, differs } = beside;
  if (differs.length > 0) {
    const link: Link =
      differs.length === 1
        ? `federated-${differs[0]!}`
        : refused
          ? `federated-${refused}`
          : 'federated-credential-missing';
    const comparison = differs
      .map(part => compare(['token', claims[part] ?? ''], ['credential', comparedValue(credential, part)]))
      .join('\n');
    return {
      link,
      seen: `The identity ${describeIdentity(state)} has no federated credential that matches the pod's token${codeOf(finding)}. The nearest, ${credential.name}, differs in the ${differs.join(' and the ')}:`,
      comparison,
      remedy: `${remedyFor(link)} ${PATIENCE}`,
      final: true,
    };
  }
  if (!refused && finding?.code !== 'AADSTS70021') return undefined;
  return {
    link: 'federated-credential-not-seen',
    seen: `The identity ${describeIdentity(state)} has the federated credential ${credential.name}, which matches the pod's token, but Entra does not see it${codeOf(finding)}.`,
    remedy: `${PATIENCE} A program that has given up must be started anew. If it stays so, make the credential again: delete it, and run federate-identity.`,
    final: false,
  };
}

/** Where the credentials cannot be seen, Entra's own word stands. */
function credentialUnseenVerdict(
  state: WorkloadState,
  part: ComparedClaim,
  claims: Claims,
  finding: LogFinding | undefined,
): Verdict | undefined {
  const value = claims[part] ?? 'of this cluster';
  return {
    link: `federated-${part}`,
    seen: `The identity ${describeIdentity(state)} has no federated credential for the ${part} '${value}'${codeOf(finding)}.`,
    remedy: `${remedyFor(`federated-${part}`)} ${PATIENCE}`,
    final: false,
  };
}

function remedyFor(link: Link): string {
  switch (link) {
    case 'federated-issuer':
      return `${FEDERATE} The issuer must be exactly the cluster’s oidcIssuerProfile.issuerUrl, its trailing slash included.`;
    case 'federated-subject':
      return `${FEDERATE} The subject must be exactly system:serviceaccount:NAMESPACE:NAME, case included.`;
    case 'federated-audience':
      return 'Make the credential with the audience that the token has (federate-identity does).';
    default:
      return FEDERATE;
  }
}

/** The token's claims, as far as they were seen, or as Entra says that it was shown. */
function claimsOf({ claims, target }: WorkloadState, finding: LogFinding | undefined): Claims {
  const refused = BY_CODE[finding?.code ?? ''];
  const presented = refused && presentedValue(finding?.line ?? '');
  return {
    issuer: undefined,
    subject: subjectOf(target),
    audience: USUAL_AUDIENCE,
    ...claims,
    ...(presented && { [refused]: presented }),
  };
}

/** What Entra says of the token, where no credential is to blame. */
function checkExchange(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { code, line } = finding ?? { code: '', line: '' };
  switch (code) {
    case CLIENT_NOT_CONFIGURED:
      return {
        link: 'client-not-configured',
        seen: `The pod has a token, but the program in it does not use it: ${reasonIn(line)}`,
        remedy:
          'Let the program use DefaultAzureCredential or WorkloadIdentityCredential of a library that knows workload identity, in a container that azure.workload.identity/skip-containers does not name; ManagedIdentityCredential asks for the identity of the node instead.',
        final: false,
      };
    case 'AADSTS70021':
      return {
        link: 'federated-credential-not-seen',
        seen: `Entra sees no federated credential of ${describeIdentity(state)} for the pod's token (${code}): ${reasonIn(line)}`,
        remedy: `${PATIENCE} If it stays so, compare issuer, subject and audience with the message, and run federate-identity again.`,
        final: false,
      };
    case 'AADSTS700024':
      return {
        link: 'token-expired',
        seen: `The pod's token is outside its time of validity (${code}): ${reasonIn(line)}`,
        remedy:
          'Check the clock of the node, and that the program reads the file anew each time: the kubelet renews it.',
        final: false,
      };
    case 'AADSTS7000272':
    case 'AADSTS50166':
    case 'AADSTS501661':
    case 'AADSTS90061':
      return {
        link: 'issuer-unreachable',
        seen: `Entra could not get the cluster's signing keys from its issuer (${code}): ${reasonIn(line)}`,
        remedy:
          'Wait some minutes after the cluster was made or its keys were rotated; if it stays so, reconcile the cluster with az aks update.',
        final: false,
      };
  }
  const named = /\blogin\.(microsoftonline|chinacloudapi|partner\.microsoftonline)\b/.test(line);
  if (code === ENTRA_UNREACHED || (named && !/^AADSTS/.test(code))) {
    return {
      link: 'entra-unreachable',
      seen: `The pod does not reach Entra (${code}): ${reasonIn(line)}`,
      remedy:
        'Let the cluster’s outbound traffic through to login.microsoftonline.com, in sovereign clouds to their host (network policy, firewall, proxy, DNS).',
      final: false,
    };
  }
  if (!code.startsWith('AADSTS')) return undefined;
  return {
    link: 'entra-refused',
    seen: `Entra refuses the pod's token (${code}): ${reasonIn(line)}`,
    remedy: `Look the code up: https://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}`,
    final: false,
  };
}

function describeIdentity(state: WorkloadState): string {
  const clientId = requestedClientId(state);
  return state.identity ? `${state.identity.name} (${clientId})` : clientId;
}

function codeOf(finding: LogFinding | undefined): string {
  return finding?.code.startsWith('AADSTS') ? ` (${finding.code})` : '';
}
