import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type ControlTargets, controlRoutes } from './control-routes.ts';
import { type ErrorFormat, mebibyte } from './http/error-format.ts';
import { Router } from './http/router.ts';
import { json, type Request, type Service } from './http/service.ts';

export const controlErrorFormat: ErrorFormat = {
  bodyLimit: mebibyte,
  toReply: ({ status, message }) => json(status, { error: message }),
};

const router = new Router(controlRoutes);

/**
 * What no service of Azure offers.
 * @returns `key`, the bearer token of every request, new at every start
 */
export function createControl(targets: ControlTargets): { service: Service; key: string } {
  const key = randomBytes(32).toString('base64url');
  const service: Service = request => {
    if (!isAuthorized(request, key)) {
      return json(401, {
        error: 'The control key is missing or wrong. Send it in the header: Authorization: Bearer KEY',
      });
    }
    const { method, url } = request;
    const { route, parameters } = router.match(method, url.pathname);
    if (!route) return json(404, { error: `The control address has no route ${method} ${url.pathname}.` });
    return route.handler({ request, targets }, parameters);
  };
  return { service, key };
}

function isAuthorized(request: Request, key: string): boolean {
  const sent = Buffer.from(request.headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${key}`);
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
