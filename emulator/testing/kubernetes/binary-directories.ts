import { join, resolve } from 'node:path';

/** Of a real control plane. */
export const binaryDirectories: readonly string[] = [
  ...(process.env.KUBEBUILDER_ASSETS ? [process.env.KUBEBUILDER_ASSETS] : []),
  join(resolve(import.meta.dirname, '../../..'), '.lab', 'kube-apiserver'),
];
