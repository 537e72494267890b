import { buildKubelogin } from './build.ts';

// npm run kubelogin builds kubelogin into .lab/kubelogin for the tests of clusters with Entra.

console.log(`kubelogin is in ${await buildKubelogin()}`);
