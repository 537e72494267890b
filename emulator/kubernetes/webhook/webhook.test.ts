import { Response } from 'undici';
import { describe, expect, it } from 'vitest';
import type { Request } from '../../http/service.ts';
import { ApiClient } from '../client.ts';
import { createWebhook, mutatingWebhookConfiguration } from './webhook.ts';

const webhook = createWebhook(
  new ApiClient({ fetch: async url => answerOfApi(String(url)) }, 'https://cluster', 'token', 'test'),
  {
    version: '1.5.1',
    tenantId: 'tenant',
    authorityHost: 'https://login.microsoftonline.com/',
    nativeSidecar: true,
  },
);

function answerOfApi(url: string): Response {
  if (url.endsWith('/namespaces/apps/serviceaccounts/known')) {
    const annotations = { 'azure.workload.identity/client-id': 'client' };
    return Response.json({ metadata: { name: 'known', namespace: 'apps', annotations } });
  }
  const name = url.slice(url.lastIndexOf('/') + 1);
  return Response.json(
    { kind: 'Status', reason: 'NotFound', message: `serviceaccounts "${name}" not found`, code: 404 },
    { status: 404 },
  );
}

async function review(serviceAccountName: string | undefined, path = '/mutate-v1-pod') {
  const object = {
    metadata: { name: 'p1' },
    spec: { serviceAccountName, containers: [{ name: 'app', image: 'a' }] },
  };
  const request: Request = {
    method: 'POST',
    url: new URL(`https://webhook${path}`),
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: { uid: 'u1', namespace: 'apps', operation: 'CREATE', object },
      }),
    ),
    signal: new AbortController().signal,
  };
  const reply = await webhook(request);
  return { status: reply.status, body: String(reply.body) };
}

describe('webhook', () => {
  it('answers with a JSON patch for the service account of the pod', async () => {
    const { body } = await review('known');
    const { kind, response } = JSON.parse(body);
    expect(kind).toBe('AdmissionReview');
    expect(response).toMatchObject({ uid: 'u1', allowed: true, patchType: 'JSONPatch' });
    const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString());
    expect(patch).toContainEqual({
      op: 'add',
      path: '/spec/containers/0/env',
      value: expect.arrayContaining([{ name: 'AZURE_CLIENT_ID', value: 'client' }]),
    });
  });

  it.each([
    ['missing', 'serviceaccounts "missing" not found'],
    [undefined, 'serviceaccounts "default" not found'],
  ])('denies the service account %s, which does not exist', async (name, message) => {
    const { response } = JSON.parse((await review(name)).body);
    expect(response).toMatchObject({ uid: 'u1', allowed: false, status: { code: 400, message } });
  });

  it('answers on its own path only', async () => {
    expect((await review('known', '/other')).status).toBe(404);
  });

  it('is registered for new pods with the label', () => {
    expect(mutatingWebhookConfiguration('PEM')).toMatchObject({
      metadata: { name: 'azure-wi-webhook-mutating-webhook-configuration' },
      webhooks: [
        {
          name: 'mutation.azure-workload-identity.io',
          clientConfig: { service: { path: '/mutate-v1-pod' }, caBundle: 'UEVN' },
          failurePolicy: 'Fail',
          objectSelector: { matchLabels: { 'azure.workload.identity/use': 'true' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    });
  });
});
