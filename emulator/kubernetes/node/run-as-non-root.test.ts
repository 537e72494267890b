import { describe, expect, it } from 'vitest';
import type { Pod, SecurityContext } from '../objects.ts';
import { verifyRunAsNonRoot } from './run-as-non-root.ts';

function verify(ofPod: SecurityContext, ofContainer: SecurityContext, imageUser: string): void {
  const container = { name: 'app', image: 'a', securityContext: ofContainer };
  const pod: Pod = {
    metadata: { name: 'p1', namespace: 'apps', uid: 'u1' },
    spec: { securityContext: ofPod, containers: [container] },
  };
  verifyRunAsNonRoot(pod, container, imageUser);
}

const where = '(pod: "p1_apps(u1)", container: app)';

describe('runAsNonRoot', () => {
  it.each<[string, SecurityContext, SecurityContext, string]>([
    ['no request for a non-root user', {}, {}, ''],
    ['a number in the image', { runAsNonRoot: true }, {}, '65532:65532'],
    ['a number in the pod', { runAsNonRoot: true, runAsUser: 1000 }, {}, 'root'],
    ['an override in the container', { runAsNonRoot: true }, { runAsNonRoot: false }, ''],
  ])('accepts: %s', (_, ofPod, ofContainer, imageUser) => {
    expect(() => verify(ofPod, ofContainer, imageUser)).not.toThrow();
  });

  it.each<[SecurityContext, string, string]>([
    [{ runAsNonRoot: true }, '', `container has runAsNonRoot and image will run as root ${where}`],
    [{ runAsNonRoot: true }, '0:0', `container has runAsNonRoot and image will run as root ${where}`],
    [
      { runAsNonRoot: true },
      'node',
      `container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root ${where}`,
    ],
    [{ runAsNonRoot: true, runAsUser: 0 }, '65532', `container's runAsUser breaks non-root policy ${where}`],
  ])("%j rejects the image's user %j", (context, imageUser, message) => {
    expect(() => verify({}, context, imageUser)).toThrow(message);
  });
});
