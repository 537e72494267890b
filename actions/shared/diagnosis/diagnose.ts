import { containerStatus, type Pod, USE_LABEL, variable } from './pod.ts';

/** The workload to judge. */
export interface Workload {
  namespace: string;
  serviceAccount: string;
  podName: string;
  image: string;
  vaultName: string;
  secretName: string;
}

/** A federated credential of the identity, and the identity's name. */
export interface Credential {
  identity: string;
  name: string;
  issuer: string;
  subject: string;
  audiences: readonly string[];
}

/** A role that the identity has. */
export interface Grant {
  role: string;
  scope: string;
}

/** All that is known when a verdict is asked for. What was not looked for, or could not be seen, is undefined. */
export interface Facts {
  inputs: Workload;
  /** The service account's annotation; null: there is no such service account, '': it has none. */
  clientId: string | null;
  pod: Pod | undefined;
  /** The pod's log, its values left out; see PodLog. */
  log: readonly string[];
  /** Messages of the pod's events, the oldest first. */
  events?: readonly string[] | undefined;
  /** Whether the vault holds the secret. */
  secretExists?: boolean | undefined;
  credentials?: readonly Credential[] | undefined;
  grants?: readonly Grant[] | undefined;
}

export type Link =
  | 'service-account-missing'
  | 'service-account-not-annotated'
  | 'pod-gone'
  | 'pod-not-mutated'
  | 'pod-of-another-identity'
  | 'image-not-found'
  | 'image-pull-denied'
  | 'image-pull-failed'
  | 'pod-not-scheduled'
  | 'container-not-started'
  | 'federated-subject'
  | 'federated-issuer'
  | 'federated-audience'
  | 'federated-credential-not-seen'
  | 'identity-unknown'
  | 'token-expired'
  | 'issuer-unreachable'
  | 'entra-refused'
  | 'vault-role'
  | 'vault-access-policy'
  | 'vault-unknown'
  | 'vault-network'
  | 'secret-not-found'
  | 'secret-disabled'
  | 'other-value'
  | 'no-answer';

/** Which link of the chain is broken. */
export interface Verdict {
  link: Link;
  /** What was seen, as sentences. */
  seen: string;
  /** What to do. */
  remedy: string;
  /** True when waiting does not mend it. */
  final: boolean;
}

/**
 * Goes along the chain from the service account to the secret's value, and names the first link that is broken.
 * It only judges what it is given; see look.ts for where that comes from.
 */
export function diagnose(facts: Facts): Verdict {
  return judgeAccount(facts) ?? judgePod(facts) ?? judgeStart(facts) ?? judgeLog(facts);
}

function judgeAccount({ inputs, clientId }: Facts): Verdict | undefined {
  const account = `${inputs.namespace}/${inputs.serviceAccount}`;
  if (clientId === null) {
    return {
      link: 'service-account-missing',
      seen: `There is no service account ${account}.`,
      remedy:
        'Run federate-identity with this namespace and service-account, and its kubeconfig and issuer, before.',
      final: true,
    };
  }
  if (clientId === '') {
    return {
      link: 'service-account-not-annotated',
      seen: `Service account ${account} has no annotation azure.workload.identity/client-id: the pod would not know which identity to ask for.`,
      remedy: 'Run federate-identity for it, or annotate it with the client id of the managed identity.',
      final: true,
    };
  }
  return undefined;
}

function judgePod({ inputs, clientId, pod }: Facts): Verdict | undefined {
  const name = `${inputs.namespace}/${inputs.podName}`;
  if (!pod) {
    return {
      link: 'pod-gone',
      seen: `Pod ${name} is gone: something deleted it while it was watched.`,
      remedy: 'Find out what deletes it (kubectl get events), and run this again.',
      final: true,
    };
  }
  if (variable(pod, 'AZURE_FEDERATED_TOKEN_FILE') === undefined) {
    const labelled = pod.metadata.labels?.[USE_LABEL] === 'true';
    return {
      link: 'pod-not-mutated',
      seen: `Pod ${name} was not mutated by the workload identity webhook: it has no token to exchange. ${
        labelled
          ? 'It has the label, so the webhook is missing in this cluster.'
          : `It lacks the label ${USE_LABEL}: "true".`
      }`,
      remedy: labelled
        ? 'Enable workload identity on the cluster (create-cluster does, or az aks update --enable-oidc-issuer --enable-workload-identity), then delete the pod and run this again: a pod is mutated only when it is made.'
        : 'Delete the pod and run this again, or set replace: true. A pod is mutated only when it is made.',
      final: true,
    };
  }
  const mutatedFor = variable(pod, 'AZURE_CLIENT_ID');
  if (mutatedFor !== clientId) {
    return {
      link: 'pod-of-another-identity',
      seen: `Pod ${name} was made for ${mutatedFor ? `the identity ${mutatedFor}` : 'no identity'}, and its service account is annotated with ${clientId}.`,
      remedy:
        'Delete the pod and run this again, or set replace: true. A pod is mutated only when it is made.',
      final: true,
    };
  }
  return undefined;
}

function judgeStart({ inputs, pod, events = [] }: Facts): Verdict | undefined {
  const status = pod && containerStatus(pod);
  const { reason = '', message = '' } = status?.state?.waiting ?? {};
  if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason)) {
    // Once the kubelet backs off, its state may no longer say why; the events still do.
    const said = [message, ...events.toReversed()].find(text => PULL_REASON.test(text)) ?? message;
    return judgePull(inputs.image, said);
  }
  const unscheduled = pod?.status?.conditions?.find(
    each => each.type === 'PodScheduled' && each.status === 'False',
  );
  if (unscheduled) {
    return {
      link: 'pod-not-scheduled',
      seen: `No node takes the pod: ${unscheduled.message ?? 'the scheduler gives no reason'}.`,
      remedy: 'Give the cluster a Linux node with room for it.',
      final: false,
    };
  }
  if (/Error|CreateContainer/.test(reason)) {
    return {
      link: 'container-not-started',
      seen: `The container does not start (${reason}): ${message || events.at(-1) || 'no reason is given'}.`,
      remedy: 'See kubectl describe pod; the message says what the node could not do.',
      final: false,
    };
  }
  return undefined;
}

const NOT_FOUND = /NotFound|not found|manifest unknown/i;
const NOT_ALLOWED = /\b40[13]\b|unauthorized|authentication required|denied/i;
const PULL_REASON = new RegExp(`${NOT_FOUND.source}|${NOT_ALLOWED.source}|failed to pull`, 'i');

function judgePull(image: string, said: string): Verdict {
  const registry = image.split('/')[0] ?? '';
  if (NOT_FOUND.test(said)) {
    return {
      link: 'image-not-found',
      seen: `Image ${image} is not in the registry: ${short(said)}`,
      remedy:
        'Build it (build-image) and deploy the image that its output names. Nothing was ever pushed under this name, or it was deleted.',
      final: true,
    };
  }
  if (NOT_ALLOWED.test(said)) {
    return {
      link: 'image-pull-denied',
      seen: `The nodes may not pull ${image}: ${short(said)}`,
      remedy: `Give the cluster's kubelet identity the role AcrPull on ${registry} (create-cluster does with registry-name). An assignment made just now is seen after some minutes.`,
      final: false,
    };
  }
  return {
    link: 'image-pull-failed',
    seen: `Image ${image} could not be pulled: ${short(said) || 'the kubelet gives no reason'}`,
    remedy: `Check that the nodes reach ${registry}; the message says what they met.`,
    final: false,
  };
}

/** What the log shows last: a value, or the code of a failure. */
function judgeLog(facts: Facts): Verdict {
  const { inputs, log, pod } = facts;
  for (const line of log.toReversed()) {
    if (line.startsWith('Secret value: ')) return otherValue(inputs);
    const code = codeOf(line);
    if (code) return judgeCode(code, line, facts);
  }
  const ended = pod && containerStatus(pod)?.state?.terminated;
  return {
    link: 'no-answer',
    seen: `Pod ${inputs.namespace}/${inputs.podName} has shown neither a secret nor a reason${ended ? ` and ended with ${ended.exitCode}` : ''}. Its last line: ${log.at(-1) ?? '(none)'}`,
    remedy: `See kubectl logs ${inputs.podName} --namespace ${inputs.namespace}; the image must be a client that prints "Secret value: ".`,
    final: false,
  };
}

function otherValue({ secretName, vaultName }: Workload): Verdict {
  return {
    link: 'other-value',
    seen: `The pod reads ${secretName} from ${vaultName}, but its value is not the one whose SHA-256 is given.`,
    remedy:
      'Give the output secret-sha256 of the setup-vault step that wrote the secret last: it was written again since, or that step wrote another vault.',
    final: false,
  };
}

/** The code in a line of the log; for clients in other languages, by what the services say in words. */
function codeOf(line: string): string | undefined {
  const code =
    /AADSTS\d+/.exec(line)?.[0] ??
    /\b(?:ForbiddenByRbac|AccessDenied|SecretNotFound|SecretDisabled|ForbiddenByFirewall|ForbiddenByConnection|ENOTFOUND|EAI_AGAIN)\b/.exec(
      line,
    )?.[0];
  if (code) return code;
  const words: readonly [RegExp, string][] = [
    [/AZURE_FEDERATED_TOKEN_FILE is not set|AZURE_CLIENT_ID is not set/, 'NotMutated'],
    [/Caller is not authorized to perform action on resource/, 'ForbiddenByRbac'],
    [/does not have secrets get permission/, 'AccessDenied'],
    [/was not found in this key vault/, 'SecretNotFound'],
    [/not allowed on a disabled secret/, 'SecretDisabled'],
    [/Name or service not known|Failed to resolve/, 'ENOTFOUND'],
  ];
  return words.find(([pattern]) => pattern.test(line))?.[1];
}

function judgeCode(code: string, line: string, facts: Facts): Verdict {
  const { inputs, clientId, credentials } = facts;
  const vault = `vault ${inputs.vaultName}`;
  const presented = /presented assertion (?:subject|issuer|audience) '([^']*)'/.exec(line)?.[1];
  const federation = 'Run federate-identity with this cluster’s issuer, namespace and service-account. ';
  const patience = 'A credential that was made just now is seen after seconds to minutes.';
  const subject = `system:serviceaccount:${inputs.namespace}:${inputs.serviceAccount}`;

  switch (code) {
    case 'AADSTS700213':
    case 'AADSTS7002138':
      return {
        link: 'federated-subject',
        seen: `The identity ${clientId} has no federated credential for the subject '${presented ?? subject}' (${code}). ${listed('subject', credentials)}`,
        remedy: `${federation}The subject must be exactly the one above, case included. ${patience}`,
        final: false,
      };
    case 'AADSTS700211':
      return {
        link: 'federated-issuer',
        seen: `The identity ${clientId} has no federated credential for the issuer '${presented ?? 'of this cluster'}' (${code}). ${listed('issuer', credentials)}`,
        remedy: `${federation}The issuer must be exactly the cluster’s oidcIssuerProfile.issuerUrl, its trailing slash included. ${patience}`,
        final: false,
      };
    case 'AADSTS700212':
    case 'AADSTS7002121':
      return {
        link: 'federated-audience',
        seen: `The identity ${clientId} has no federated credential for the audience '${presented ?? 'api://AzureADTokenExchange'}' (${code}). ${listed('audiences', credentials)}`,
        remedy: 'Make the credential with the audience api://AzureADTokenExchange (federate-identity does).',
        final: false,
      };
    case 'AADSTS70021':
      return {
        link: 'federated-credential-not-seen',
        seen: `Entra sees no federated credential of ${clientId} for the pod's token (${code}): ${reasonIn(line)}`,
        remedy: `${patience} If it stays so, compare issuer, subject and audience with the message, and run federate-identity again.`,
        final: false,
      };
    case 'AADSTS700016':
    case 'AADSTS700038':
      return {
        link: 'identity-unknown',
        seen: `There is no identity with the client id ${clientId} in this tenant (${code}).`,
        remedy:
          'Annotate the service account with the client id of an identity that exists (run federate-identity), delete the pod, and run this again.',
        final: false,
      };
    case 'AADSTS700024':
      return {
        link: 'token-expired',
        seen: `The pod's token is outside its time of validity (${code}): ${reasonIn(line)}`,
        remedy: 'Check the clock of the node; the kubelet renews the token by itself.',
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
    case 'ForbiddenByRbac':
      // A role on another secret says nothing about this one, so the vault does not even say that it is not there.
      if (facts.secretExists === false) return secretNotFound(inputs, code, granted(facts));
      return {
        link: 'vault-role',
        seen: `The identity has no role that lets it read ${inputs.secretName} in ${vault} (${code}). ${granted(facts)}`,
        remedy: `Run setup-vault with this vault and secret and the identity's principal-id: it gives Key Vault Secrets User on the secret. An assignment made just now is seen after seconds to minutes.`,
        final: false,
      };
    case 'AccessDenied':
      return {
        link: 'vault-access-policy',
        seen: `${capital(vault)} decides by access policies, and none gives the identity "get" on secrets (${code}).`,
        remedy:
          'Run setup-vault with this vault and the identity’s principal-id, or az keyvault set-policy --secret-permissions get.',
        final: false,
      };
    case 'SecretNotFound':
      return secretNotFound(inputs, code, '');
    case 'SecretDisabled':
      return {
        link: 'secret-disabled',
        seen: `Secret ${inputs.secretName} in ${vault} is disabled (${code}).`,
        remedy: `Enable it: az keyvault secret set-attributes --vault-name ${inputs.vaultName} --name ${inputs.secretName} --enabled true`,
        final: true,
      };
    case 'ForbiddenByFirewall':
    case 'ForbiddenByConnection':
      return {
        link: 'vault-network',
        seen: `${capital(vault)} refuses the network that the pod comes from (${code}).`,
        remedy:
          'Let the cluster’s outbound address through the vault’s firewall, or give it a private endpoint.',
        final: false,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        link: 'vault-unknown',
        seen: `The pod finds no host of this name (${code}): ${reasonIn(line)}`,
        remedy: `Check vault-name (${inputs.vaultName}): there is no such vault, or it was made so recently that its name is not known yet.`,
        final: false,
      };
    case 'NotMutated':
      return {
        link: 'pod-not-mutated',
        seen: `The pod has no token to exchange: ${reasonIn(line)}`,
        remedy:
          'Delete the pod and run this again, or set replace: true. A pod is mutated only when it is made.',
        final: true,
      };
    default:
      return {
        link: 'entra-refused',
        seen: `Entra refuses the pod's token (${code}): ${reasonIn(line)}`,
        remedy: `Look the code up: https://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}`,
        final: false,
      };
  }
}

function secretNotFound({ vaultName, secretName }: Workload, code: string, more: string): Verdict {
  return {
    link: 'secret-not-found',
    seen: `There is no secret ${secretName} in vault ${vaultName} (${code}). ${more}`,
    remedy: 'Give the output secret-name of setup-vault, or run setup-vault with this secret-name.',
    final: true,
  };
}

/** What the identity's credentials say instead. */
function listed(field: 'issuer' | 'subject' | 'audiences', credentials: Facts['credentials']): string {
  if (!credentials) return '';
  if (credentials.length === 0) return 'It has no federated credential at all.';
  const each = credentials.map(credential => `${credential.name} has '${String(credential[field])}'`);
  return `Its credentials: ${each.join(', ')}.`;
}

/** Where the identity has roles on vaults instead. */
function granted({ inputs, grants }: Facts): string {
  if (!grants) return '';
  const onVaults = grants.filter(grant => /\/providers\/Microsoft\.KeyVault\//i.test(grant.scope));
  if (onVaults.length === 0) return 'It has no role on any vault.';
  const each = onVaults.map(({ role, scope }) => `${role} on ${scope.split('/').slice(7).join('/')}`);
  const here = onVaults.some(({ scope }) => new RegExp(`/vaults/${inputs.vaultName}(/|$)`, 'i').test(scope));
  return `It has ${each.join(', ')}${here ? '' : `, which is not ${inputs.vaultName}`}.`;
}

/** What the client says the reason is, without its own words about trying again. */
function reasonIn(line: string): string {
  return short(line.replace(/^.*? could not be read \([^)]*\): /, ''));
}

/** A long message by its two ends: what was tried, and what was met. */
function short(text: string): string {
  return text.length > 500 ? `${text.slice(0, 200)} … ${text.slice(-300)}` : text;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
