export interface AzureCloud {
  /** As in `az cloud list`. */
  readonly name: 'AzureCloud' | 'AzureUSGovernment';
  readonly hosts: {
    readonly login: string;
    /** The preferred one first. */
    readonly logins: readonly string[];
    readonly graph: string;
    readonly resourceManager: string;
  };
  readonly suffixes: {
    readonly keyVault: string;
    readonly registry: string;
    readonly storage: string;
    /** API servers, after the region. */
    readonly clusters: string;
    /** OIDC issuers, after the region. */
    readonly issuers: string;
  };
  /** In Entra's discovery document. */
  readonly instance: string;
  /** Audience of federated credentials. */
  readonly tokenExchange: string;
  /** Of access tokens, with and without a trailing slash: Entra copies the requested resource. */
  readonly audiences: {
    readonly arm: readonly string[];
    readonly keyVault: readonly string[];
    readonly graph: readonly string[];
    readonly containerRegistry: readonly string[];
    /** The same server application in every cloud. */
    readonly aks: readonly string[];
  };
}

const aks = ['6dae42f8-4368-4678-94ff-3960e28e3630'];

/** Source of the hosts: azure/cli/core/cloud.py. */
export const azureClouds: Readonly<Record<AzureCloud['name'], AzureCloud>> = {
  AzureCloud: {
    name: 'AzureCloud',
    hosts: {
      login: 'login.microsoftonline.com',
      logins: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
      graph: 'graph.microsoft.com',
      resourceManager: 'management.azure.com',
    },
    suffixes: {
      keyVault: 'vault.azure.net',
      registry: 'azurecr.io',
      storage: 'core.windows.net',
      clusters: 'azmk8s.io',
      issuers: 'oic.prod-aks.azure.com',
    },
    instance: 'microsoftonline.com',
    tokenExchange: 'api://AzureADTokenExchange',
    audiences: {
      arm: [...both('https://management.azure.com'), ...both('https://management.core.windows.net')],
      keyVault: both('https://vault.azure.net'),
      graph: both('https://graph.microsoft.com'),
      containerRegistry: both('https://containerregistry.azure.net'),
      aks,
    },
  },
  /**
   * @see https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure
   * @see https://learn.microsoft.com/azure/aks/outbound-rules-control-egress
   */
  AzureUSGovernment: {
    name: 'AzureUSGovernment',
    hosts: {
      login: 'login.microsoftonline.us',
      logins: ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
      graph: 'graph.microsoft.us',
      resourceManager: 'management.usgovcloudapi.net',
    },
    suffixes: {
      keyVault: 'vault.usgovcloudapi.net',
      registry: 'azurecr.us',
      storage: 'core.usgovcloudapi.net',
      clusters: 'cx.aks.containerservice.azure.us',
      issuers: 'oic.cx.aks.containerservice.azure.us',
    },
    instance: 'microsoftonline.us',
    tokenExchange: 'api://AzureADTokenExchangeUSGov',
    audiences: {
      arm: [
        ...both('https://management.usgovcloudapi.net'),
        ...both('https://management.core.usgovcloudapi.net'),
      ],
      keyVault: both('https://vault.usgovcloudapi.net'),
      graph: both('https://graph.microsoft.us'),
      containerRegistry: both('https://containerregistry.azure.net'),
      aks,
    },
  },
};

function both(resource: string): string[] {
  return [resource, `${resource}/`];
}
