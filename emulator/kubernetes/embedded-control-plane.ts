import { ApiServer } from './api/server.ts';
import type { StartControlPlane } from './control-plane.ts';
import { controllerGrants } from './controllers/manager.ts';

/** Runs the emulator's API server in this process, without sockets to Services and the kubelet. */
export const startEmbeddedControlPlane: StartControlPlane = async options => {
  const { kubelet, services, caCertificate } = options;
  const server = await ApiServer.create({
    ...options,
    // A real API server creates these roles.
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
