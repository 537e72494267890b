import type { Container, Pod } from '../objects.ts';

/** Has the message of the kubelet. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

/** `NAME_NAMESPACE(UID)`, as in a kubelet's messages. */
export function podLabel(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}

/**
 * @param imageUser `User` of the image: empty, a name, or a number, with or without `:GROUP`
 * @throws ContainerConfigError if the user is root or not numeric
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/security_context_others.go
 */
export function verifyRunAsNonRoot(pod: Pod, container: Container, imageUser: string): void {
  const context = { ...pod.spec.securityContext, ...container.securityContext };
  if (context.runAsNonRoot !== true) return;
  const where = `(pod: "${podLabel(pod)}", container: ${container.name})`;

  if (context.runAsUser !== undefined) {
    if (context.runAsUser !== 0) return;
    throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
  }
  // The default user is root.
  const user = imageUser.split(':', 1)[0] || '0';
  if (!/^\d+$/.test(user)) {
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`,
    );
  }
  if (Number(user) === 0) {
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
  }
}
