import { ApiServer } from './api/server.ts';
import type { StartControlPlane } from './control-plane.ts';
import { controllerGrants } from './controllers/manager.ts';

/** The API server of this emulator, in its own process. What a Service or the kubelet is asked does not cross a socket. */
export const startEmbeddedControlPlane: StartControlPlane = async options => {
  const { kubelet, services, caCertificate } = options;
  const server = await ApiServer.create({
    ...options,
    // A real one has these roles from the start.
    grants: [...options.grants, ...controllerGrants],
    logs: kubelet.logs,
    fetch: async (address, { method, headers, body, signal }) => {
      const url = new URL(address);
      const service = services.get(url.hostname);
      if (service === undefined) throw new Error(`dial tcp: lookup ${url.hostname}: no such host`);
      const reply = await service({ method, url, headers, body: Buffer.from(body), signal });
      return { status: reply.status, text: async () => String(reply.body ?? '') };
    },
  });
  return {
    service: server.service,
    get jwks() {
      return server.jwks;
    },
    rotateSigningKeys: () => server.rotateSigningKeys(),
    serviceAuthority: caCertificate,
    runsControllers: false,
    stop: async () => server.close(),
  };
};
