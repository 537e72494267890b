import { isShorthand } from './az-arguments.ts';

export interface Rule {
  /** What the value is: "a key vault name". */
  readonly what: string;
  /** What is valid, as a phrase: "3–24 letters, digits and hyphens, …". */
  readonly valid: string;
  readonly link: string;
  accepts(value: string): boolean;
}

const AZURE_NAMES = 'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules';
const KUBERNETES_NAMES = 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/';

function rule(what: string, valid: string, link: string, ...patterns: RegExp[]): Rule {
  return { what, valid, link, accepts: value => patterns.every(pattern => pattern.test(value)) };
}

/** For an argument of az, which reads some words as shorthand notation. */
function azureRule(what: string, valid: string, link: string, ...patterns: RegExp[]): Rule {
  const { accepts } = rule(what, valid, link, ...patterns);
  return {
    what,
    valid: `${valid}; "null" is not valid, because az reads it as no value`,
    link,
    accepts: value => accepts(value) && !isShorthand(value),
  };
}

/** Letters of one script that look like Latin letters of another name. */
const MIXED_SCRIPTS =
  /\p{Script=Latin}.*[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}].*\p{Script=Latin}/u;

const resourceGroup = azureRule(
  'a resource group name',
  '1–90 letters, digits, underscores, parentheses, hyphens and full stops, not ending with a full stop; full-width characters, and Cyrillic or Greek letters beside Latin ones, are not valid, because they look like another name',
  `${AZURE_NAMES}#microsoftresources`,
  // Char.IsLetterOrDigit of .NET, which tests each UTF-16 code unit: no character outside the basic plane.
  /^[\p{L}\p{Nd}_().-]{1,90}$/u,
  /^[^\u{10000}-\u{10ffff}]*$/u,
  /[^.]$/,
);

export const resourceGroupName: Rule = {
  ...resourceGroup,
  accepts: value =>
    resourceGroup.accepts(value) && value.normalize('NFKC') === value && !MIXED_SCRIPTS.test(value),
};

export const locationName = azureRule(
  'an Azure location',
  'the short name of a region, such as eastus or westeurope',
  'https://learn.microsoft.com/azure/reliability/regions-list',
  /^[a-z][a-z0-9]{2,39}$/,
);

export const clusterName = azureRule(
  'an AKS cluster name',
  '1–63 letters, digits, underscores and hyphens, starting and ending with a letter or digit',
  `${AZURE_NAMES}#microsoftcontainerservice`,
  /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/,
);

/** System nodes need two vCPUs at least; a 0 or 1 after the family's letters says that a size has fewer. */
export const vmSize = azureRule(
  'a virtual machine size for AKS nodes',
  'Standard_ and the name of a size with at least two vCPUs, such as Standard_D4ds_v5',
  'https://learn.microsoft.com/azure/aks/quotas-skus-regions#restricted-vm-sizes',
  /^Standard_[A-Za-z]+\d[A-Za-z0-9_-]{0,50}$/i,
  /^Standard_(?![A-Za-z]+[01](?!\d))/i,
);

export const kubernetesVersion = rule(
  'a Kubernetes version',
  'MAJOR.MINOR or MAJOR.MINOR.PATCH, such as 1.34',
  'https://learn.microsoft.com/azure/aks/supported-kubernetes-versions',
  /^\d+\.\d+(?:\.\d+)?$/,
);

export const identityName = azureRule(
  'a managed identity name',
  '3–128 letters, digits, underscores and hyphens, starting with a letter or digit',
  `${AZURE_NAMES}#microsoftmanagedidentity`,
  /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
);

export const federatedCredentialName = azureRule(
  'a federated credential name',
  '3–120 letters, digits, underscores and hyphens, starting with a letter or digit',
  'https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations',
  /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
);

export const vaultName = azureRule(
  'a key vault name',
  '3–24 letters, digits and single hyphens, starting with a letter and ending with a letter or digit',
  `${AZURE_NAMES}#microsoftkeyvault`,
  /^[A-Za-z](?:-?[A-Za-z0-9])+$/,
  /^.{3,24}$/,
);

export const secretName = azureRule(
  'a key vault secret name',
  '1–127 letters, digits and hyphens',
  'https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning',
  /^[A-Za-z0-9-]{1,127}$/,
);

export const registryName = azureRule(
  'a container registry name',
  '5–50 letters and digits',
  `${AZURE_NAMES}#microsoftcontainerregistry`,
  /^[A-Za-z0-9]{5,50}$/,
);

const IMAGE_NAMES = 'https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests';

export const imageRepository = rule(
  'an image repository',
  'path components of lower-case letters and digits, separated inside by . _ __ or hyphens and between by /, at most 255 characters',
  IMAGE_NAMES,
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
  /^.{1,255}$/,
);

export const imageTag = rule(
  'an image tag',
  '1–128 letters, digits, underscores, full stops and hyphens, starting with a letter, digit or underscore',
  IMAGE_NAMES,
  /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
);

export const imageByDigest = rule(
  'an image by its digest',
  'REGISTRY/REPOSITORY@sha256: and 64 hexadecimal digits',
  IMAGE_NAMES,
  /^[a-z0-9.-]+(?::\d+)?\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/,
);

/** Namespaces (RFC 1123 labels). */
export const dnsLabel = rule(
  'a DNS label',
  '1–63 lower-case letters, digits and hyphens, starting and ending with a letter or digit',
  `${KUBERNETES_NAMES}#dns-label-names`,
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
);

/** Service accounts, pods and most other Kubernetes objects (RFC 1123 subdomains). */
export const dnsSubdomain = rule(
  'a DNS subdomain name',
  'at most 253 lower-case letters, digits, hyphens and full stops, each part starting and ending with a letter or digit',
  `${KUBERNETES_NAMES}#dns-subdomain-names`,
  /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  /^.{1,253}$/,
);

export const guid = rule(
  'a GUID',
  'hexadecimal digits in groups of 8-4-4-4-12',
  'https://www.rfc-editor.org/rfc/rfc9562#section-4',
  /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
);

export const sha256Digest = rule(
  'a SHA-256 digest',
  '64 lower-case hexadecimal digits',
  'https://www.rfc-editor.org/rfc/rfc6234',
  /^[0-9a-f]{64}$/,
);

/** Entra compares issuers byte for byte, so the value is not changed. */
export const issuerUrl: Rule = {
  what: 'an OIDC issuer URL',
  valid:
    'an https URL of a host name, a port and a path of letters, digits and - . _ ~ %, exactly as in the cluster, including the trailing slash',
  link: 'https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata',
  accepts: value =>
    /^https:\/\/[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:\/[A-Za-z0-9._~%-]*)*$/.test(
      value,
    ) && URL.canParse(value),
};

const TAGS = 'https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations';

export const tagName = rule(
  'a tag name',
  '1–512 characters other than < > % & \\ ? / = and blanks, starting with a letter or digit',
  TAGS,
  /^[\p{L}\p{N}][^<>%&\\?/=\s\p{C}]{0,511}$/u,
);

export const tagValue: Rule = {
  what: 'a tag value',
  valid:
    'at most 256 characters; not null, not ??, and not starting with @ [ { or a quote, which az would interpret',
  link: TAGS,
  accepts: value =>
    /^[^\p{C}\p{Zl}\p{Zp}]{0,256}$/u.test(value) && !value.startsWith('@') && !isShorthand(value),
};

/**
 * One name for a resource group, a vault, and a registry. Azure reserves words in the names of resources that have a public
 * host name.
 */
export const labName = azureRule(
  'a lab name',
  '5-24 lower-case letters and digits, starting with a letter, without the words that Azure reserves (microsoft, windows; at the start login, xbox)',
  'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name',
  /^[a-z][a-z0-9]{4,23}$/,
  /^(?!login|xbox|.*(?:microsoft|windows))/,
);
