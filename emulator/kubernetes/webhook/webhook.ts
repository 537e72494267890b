import { parseJson } from '../../http/json.ts';
import { json, type Service } from '../../http/service.ts';
import { type ApiClient, ApiError } from '../client.ts';
import type { Pod, ServiceAccount } from '../objects.ts';
import { mutatePod, PodRefused, type WebhookConfig } from './mutate-pod.ts';

export const webhookService = {
  name: 'azure-wi-webhook-webhook-service',
  namespace: 'kube-system',
  path: '/mutate-v1-pod',
} as const;

export const webhookConfigurationName = 'azure-wi-webhook-mutating-webhook-configuration';

/**
 * The webhook's registration, as in AKS.
 * @param caBundle PEM: CA of the webhook's certificate
 * @see https://github.com/Azure/azure-workload-identity/blob/v1.5.1/deploy/azure-wi-webhook.yaml
 */
export function mutatingWebhookConfiguration(caBundle: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: webhookConfigurationName,
      labels: { 'azure-workload-identity.io/system': 'true' },
    },
    webhooks: [
      {
        name: 'mutation.azure-workload-identity.io',
        admissionReviewVersions: ['v1', 'v1beta1'],
        clientConfig: { service: webhookService, caBundle: Buffer.from(caBundle).toString('base64') },
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        // The pod must have the label with exactly the string "true".
        objectSelector: { matchLabels: { 'azure.workload.identity/use': 'true' } },
        reinvocationPolicy: 'IfNeeded',
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
      },
    ],
  };
}

interface AdmissionReview {
  apiVersion: string;
  request?: { uid: string; namespace?: string; object?: Pod };
}

/**
 * Answers an AdmissionReview (v1 or v1beta1) with a JSON patch or a denial.
 * @param api reads service accounts
 * @see
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-request-and-response
 */
export function createWebhook(api: ApiClient, config: WebhookConfig): Service {
  return async request => {
    if (request.method !== 'POST' || request.url.pathname !== webhookService.path) {
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
    }
    const review = parseJson(request) as AdmissionReview | undefined;
    const { uid, namespace, object: pod } = review?.request ?? {};
    const answer = (response: object) =>
      json(200, {
        apiVersion: review?.apiVersion ?? 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: uid ?? '', ...response },
      });
    const refuse = (code: number, message: string) =>
      answer({ allowed: false, status: { code, message, metadata: {} } });
    if (uid === undefined || pod === undefined) return refuse(400, 'there is no content to decode');

    try {
      const account = await api.get<ServiceAccount>(
        `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec.serviceAccountName || 'default'}`,
      );
      const patch = mutatePod(pod, account, config);
      return answer({
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
        status: { code: 200, metadata: {} },
      });
    } catch (error) {
      if (error instanceof PodRefused) return refuse(error.code, error.message);
      // Every failure to read the service account is a 400 with its text.
      if (error instanceof ApiError || error instanceof TypeError) return refuse(400, error.message);
      throw error;
    }
  };
}
