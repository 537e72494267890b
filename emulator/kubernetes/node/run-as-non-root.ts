import type { Container, Pod } from '../objects.ts';

/** The container cannot be created as it is configured; the message is the kubelet's. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
}

/** `NAME_NAMESPACE(UID)`, as a kubelet names a pod in its messages. */
export function podLabel(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}

/**
 * Holds `runAsNonRoot` against the user that the container would run as.
 * @param imageUser `User` of the image's config: empty, a name or number, with or without `:GROUP`
 * @throws ContainerConfigError where it is root, or cannot be told
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
  // No user in the image means root.
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
