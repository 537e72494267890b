import { join, resolve } from 'node:path';

/** For tests: where a real control plane's programs may be. */
export const binaryDirectories: readonly string[] = [
  ...(process.env.KUBEBUILDER_ASSETS ? [process.env.KUBEBUILDER_ASSETS] : []),
  join(resolve(import.meta.dirname, '../../..'), '.lab', 'kube-apiserver'),
];
