/** What differs between Azure's clouds: the hosts and suffixes of services, and what is named after them. */
export interface AzureCloud {
  /** As `az cloud list` names it. */
  readonly name: 'AzureCloud' | 'AzureUSGovernment';
  readonly hosts: {
    readonly login: string;
    /** All under which clients know the tenant's cloud; the first is the one that is asked. */
    readonly logins: readonly string[];
    readonly graph: string;
    readonly resourceManager: string;
  };
  readonly suffixes: {
    readonly keyVault: string;
    readonly registry: string;
    readonly storage: string;
    /** Of the API servers of clusters, after the region. */
    readonly clusters: string;
    /** Of the OIDC issuers of clusters, after the region. */
    readonly issuers: string;
  };
  /** What the discovery document calls it. */
  readonly instance: string;
  /** What federated credentials are for. */
  readonly tokenExchange: string;
  /**
   * What the services accept as the audience of an access token. Entra puts the resource there as it was asked for, so
   * each has a form with the trailing slash and one without.
   */
  readonly audiences: {
    readonly arm: readonly string[];
    readonly keyVault: readonly string[];
    readonly graph: readonly string[];
    readonly containerRegistry: readonly string[];
    /** The server application of clusters that sign their users in with Entra; it is the same in every cloud. */
    readonly aks: readonly string[];
  };
}

const aks = ['6dae42f8-4368-4678-94ff-3960e28e3630'];

/** The clouds that can be emulated, by the names that az gives them: azure/cli/core/cloud.py has these hosts. */
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
