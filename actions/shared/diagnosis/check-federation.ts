import { quote } from '../quote.ts';
import { subjectOf } from '../workloads.ts';
import type { Claims } from './claims.ts';
import { type ComparedClaim, comparedValue, compareValues, nearestCredential } from './credentials.ts';
import {
  CLIENT_NOT_CONFIGURED,
  ENTRA_UNREACHED,
  type LogFinding,
  presentedValue,
  reasonIn,
  VAULT_OF_OTHER_TENANT,
} from './log-findings.ts';
import { USUAL_AUDIENCE, variable } from './pod.ts';
import { argument, capitalize, type Link, type Verdict } from './verdict.ts';
import type { WorkloadState } from './workload-state.ts';

const DELAY = 'Entra applies a new credential after seconds to minutes.';

/** @param finding the last one in the pod's log. */
export function checkFederation(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  if (showsExchange(finding)) return undefined;
  return (
    checkTenant(state, finding) ??
    checkIdentity(state, finding) ??
    checkCredentials(state, finding) ??
    checkExchange(state, finding)
  );
}

/** True if Entra exchanged the token: only then does a vault answer. */
export function showsExchange(finding: LogFinding | undefined): boolean {
  return /^(value|exchanged|Forbidden|AccessDenied|Secret|AKV)/.test(finding?.code ?? '');
}

/** The client ID that the pod requests a token for: its own, or its service account's. */
export function requestedClientId({ annotations, pod }: WorkloadState): string {
  return (pod && variable(pod, 'AZURE_CLIENT_ID')) || annotations?.clientId || '';
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function checkTenant(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { annotations, pod, identity, target } = state;
  const tenant = (pod && variable(pod, 'AZURE_TENANT_ID')) || annotations?.tenantId || '';
  // A tenant also has names.
  const differs = identity && GUID.test(tenant) && tenant.toLowerCase() !== identity.tenantId.toLowerCase();
  const unknown = finding?.code === 'AADSTS90002';
  // If the identity's tenant is known, it shows which of the two is wrong.
  const isOfVault = finding?.code === VAULT_OF_OTHER_TENANT && !identity;
  if (!differs && !unknown && !isOfVault) return undefined;
  const said = reasonIn(finding?.line ?? '');
  return {
    link: 'tenant-mismatch',
    seen: differs
      ? `The pod requests a token from tenant ${quote(tenant)}, but identity ${quote(identity.name)} belongs to tenant ${quote(identity.tenantId)}.`
      : unknown
        ? `Entra does not know the tenant that the pod requests a token from (AADSTS90002): ${said}`
        : `The pod requests a token from ${tenant ? `tenant ${quote(tenant)}` : 'an unknown tenant'}, but the vault trusts another tenant: ${said}`,
    ...(differs && { comparison: compareValues(['pod', tenant], ['identity', identity.tenantId]) }),
    remedy: `Correct the annotation azure.workload.identity/tenant-id of the service account, or remove it:\nkubectl annotate serviceaccount ${target.serviceAccount} --namespace ${target.namespace} azure.workload.identity/tenant-id-\nThen recreate the pod.`,
    final: true,
  };
}

function checkIdentity(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  if (!/^AADSTS(700016|700038)$/.test(finding?.code ?? '')) return undefined;
  const { identity } = state;
  const found = identity
    ? `The subscription has it, as ${quote(identity.name)}. Either Entra does not show it yet, or the pod uses another tenant.`
    : identity === null
      ? 'The subscription has no managed identity with this client ID.'
      : '';
  return {
    link: 'identity-unknown',
    seen: `Entra does not know an identity with client ID ${quote(requestedClientId(state))} in this tenant (${finding?.code}). ${found}`,
    remedy:
      'Run federate-identity with an existing identity: it annotates the service account with the client ID. Then recreate the pod.',
    final: false,
  };
}

const BY_CODE: Readonly<Record<string, ComparedClaim>> = {
  AADSTS700211: 'issuer',
  AADSTS700213: 'subject',
  AADSTS7002138: 'subject',
  AADSTS700212: 'audience',
  AADSTS7002121: 'audience',
};

function checkCredentials(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const refused = BY_CODE[finding?.code ?? ''];
  const claims = tokenClaims(state, finding);
  if (!state.credentials) return refused && credentialUnseenVerdict(state, refused, claims, finding);

  const nearest = nearestCredential(state.credentials, claims);
  if (!nearest) {
    return {
      link: 'federated-credential-missing',
      seen: `${capitalize(describeIdentity(state))} has no federated credential${codeOf(finding)}.`,
      remedy: federateRemedy('federated-credential-missing', state),
      final: true,
    };
  }
  const { credential, differs } = nearest;
  if (differs.length > 0) {
    const link: Link =
      differs.length === 1
        ? `federated-${differs[0]!}`
        : refused
          ? `federated-${refused}`
          : 'federated-credential-missing';
    const comparison = differs
      .map(claim =>
        compareValues(['token', claims[claim] ?? ''], ['credential', comparedValue(credential, claim)]),
      )
      .join('\n');
    return {
      link,
      seen: `${capitalize(describeIdentity(state))} has no federated credential that matches the pod's token${codeOf(finding)}. The most similar credential, ${quote(credential.name)}, differs in the ${differs.join(' and the ')}:`,
      comparison,
      remedy: federateRemedy(link, state),
      final: true,
    };
  }
  if (!refused && finding?.code !== 'AADSTS70021') return undefined;
  const { identity } = state;
  return {
    link: 'federated-credential-not-seen',
    seen: `Entra does not apply federated credential ${quote(credential.name)} of ${describeIdentity(state)} yet${codeOf(finding)}. The credential matches the pod's token.`,
    remedy: `Wait some minutes. Restart the pod if its program does not retry. If Entra still refuses the token, delete the credential, and run federate-identity again:\naz identity federated-credential delete --name ${argument(credential.name, 'CREDENTIAL')} --identity-name ${argument(identity?.name, 'IDENTITY')} --resource-group ${argument(identity?.resourceGroup, 'GROUP')} --yes`,
    final: false,
  };
}

/** For a caller who is not allowed to list the credentials: what Entra reports. */
function credentialUnseenVerdict(
  state: WorkloadState,
  claim: ComparedClaim,
  claims: Claims,
  finding: LogFinding | undefined,
): Verdict | undefined {
  const link: Link = `federated-${claim}`;
  const value = claims[claim];
  return {
    link,
    seen: `${capitalize(describeIdentity(state))} has no federated credential for the ${claim} ${value === undefined ? 'of this cluster' : quote(value)}${codeOf(finding)}.`,
    remedy: federateRemedy(link, state),
    final: false,
  };
}

const EXACT: Partial<Record<Link, string>> = {
  'federated-issuer':
    'The issuer must be exactly the oidcIssuerProfile.issuerUrl of the cluster, with its trailing slash. ',
  'federated-subject':
    'The subject must be exactly system:serviceaccount:NAMESPACE:SERVICE_ACCOUNT. Entra compares case. ',
  'federated-audience': 'The audience must be exactly the audience of the token. ',
};

/** The command has no value that only the pod's log reports: a pod could name an issuer of its choice. */
function federateRemedy(link: Link, { identity, claims, target }: WorkloadState): string {
  const options = [
    ['name', 'CREDENTIAL'],
    ['identity-name', argument(identity?.name, 'IDENTITY')],
    ['resource-group', argument(identity?.resourceGroup, 'GROUP')],
    ['issuer', argument(claims?.issuer, 'ISSUER_URL')],
    ['subject', argument(subjectOf(target), 'SUBJECT')],
    ['audiences', argument(claims?.audience ?? USUAL_AUDIENCE, 'AUDIENCE')],
  ].map(([name, value]) => `--${name} ${value}`);
  return `Run federate-identity with the issuer of this cluster, this namespace, and this service account, or:\naz identity federated-credential create ${options.join(' ')}\n${EXACT[link] ?? ''}${DELAY}`;
}

function tokenClaims({ claims, target }: WorkloadState, finding: LogFinding | undefined): Claims {
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

function checkExchange(state: WorkloadState, finding: LogFinding | undefined): Verdict | undefined {
  const { code, line } = finding ?? { code: '', line: '' };
  switch (code) {
    case CLIENT_NOT_CONFIGURED:
      return {
        link: 'client-not-configured',
        seen: `The pod has a token, but its program does not use it: ${reasonIn(line)}`,
        remedy:
          'Use DefaultAzureCredential or WorkloadIdentityCredential, from a library version that supports workload identity. ManagedIdentityCredential requests the identity of the node instead. If the annotation azure.workload.identity/skip-containers lists the container, remove it.',
        final: false,
      };
    case 'AADSTS70021':
      return {
        link: 'federated-credential-not-seen',
        seen: `Entra finds no federated credential of ${describeIdentity(state)} for the pod's token (${code}): ${reasonIn(line)}`,
        remedy: `${DELAY} If the refusal stays, compare issuer, subject, and audience with this message, and run federate-identity again.`,
        final: false,
      };
    case 'AADSTS700024':
      return {
        link: 'token-expired',
        seen: `The pod's token is expired, or not valid yet (${code}): ${reasonIn(line)}`,
        remedy:
          'Read the token file again for each token request, because the kubelet renews the file. Check the clock of the node.',
        final: false,
      };
    case 'AADSTS7000272':
    case 'AADSTS50166':
    case 'AADSTS501661':
    case 'AADSTS90061':
      return {
        link: 'issuer-unreachable',
        seen: `Entra could not read the signing keys of the cluster from its issuer (${code}): ${reasonIn(line)}`,
        remedy:
          'Wait some minutes if the cluster is new, or its keys were rotated. If the error stays, reconcile the cluster:\naz aks update --resource-group GROUP --name CLUSTER',
        final: false,
      };
  }
  const namesEntra = /\blogin\.(microsoftonline|chinacloudapi|partner\.microsoftonline)\b/.test(line);
  if (code === ENTRA_UNREACHED || (namesEntra && !/^AADSTS/.test(code))) {
    return {
      link: 'entra-unreachable',
      seen: `The pod cannot reach Entra (${code}): ${reasonIn(line)}`,
      remedy:
        'Allow outbound traffic from the cluster to login.microsoftonline.com, or to the login host of the sovereign cloud. Check network policies, the firewall, the proxy, and DNS.',
      final: false,
    };
  }
  if (!code.startsWith('AADSTS')) return undefined;
  return {
    link: 'entra-refused',
    seen: `Entra refused the pod's token (${code}): ${reasonIn(line)}`,
    remedy: `Look up the code, and fix what its description says:\nhttps://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}`,
    final: false,
  };
}

function describeIdentity(state: WorkloadState): string {
  const clientId = requestedClientId(state);
  return state.identity
    ? `identity ${quote(state.identity.name)} (client ID ${quote(clientId)})`
    : `the identity with client ID ${quote(clientId)}`;
}

function codeOf(finding: LogFinding | undefined): string {
  return finding?.code.startsWith('AADSTS') ? ` (${finding.code})` : '';
}
