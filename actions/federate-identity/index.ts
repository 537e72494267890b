import { parseInputs } from '../shared/inputs.ts';
import { dnsLabel, dnsSubdomain, federatedCredentialName, identityName, issuerUrl } from '../shared/names.ts';
import { resourceGroupInputs } from '../shared/resource-group.ts';
import { runAction } from '../shared/run.ts';
import { federateIdentity, type Inputs } from './federate-identity.ts';

function parse(): Inputs {
  return parseInputs(input => {
    const inputs = {
      group: resourceGroupInputs(input, process.env),
      identityName: input.required('identity-name', identityName),
      issuer: input.optional('issuer', issuerUrl),
      namespace: input.optional('namespace', dnsLabel, 'default'),
      serviceAccount: input.optional('service-account', dnsSubdomain, 'wi-demo-sa'),
      kubeconfig: input.path('kubeconfig'),
      credentialName: input.optional('credential-name', federatedCredentialName),
    };
    if (inputs.issuer && !inputs.kubeconfig) {
      input.problem('kubeconfig is required with issuer: the service account is made in that cluster');
    }
    return inputs;
  });
}

await runAction({ name: 'federate-identity', parse, main: federateIdentity });
