import { expect, it } from 'vitest';
import { armErrorFormat } from './arm/errors.ts';
import { controlErrorFormat } from './control.ts';
import { entraErrorFormat } from './entra/errors.ts';
import { githubErrorFormat } from './github/rest/errors.ts';
import { azureErrorFormat } from './http/error-format.ts';
import { kubernetesErrorFormat } from './kubernetes/api/status.ts';
import { blobErrorFormat, registryErrorFormat } from './registry/errors.ts';

it.each([
  ['Azure', azureErrorFormat, /^\{"error":\{"code":"RequestEntityTooLarge","message":"too much"\}\}$/],
  [
    'Resource Manager',
    armErrorFormat,
    /^\{"error":\{"code":"RequestContentTooLarge","message":"The request content size exceeds the maximum size of 4 MB."\}\}$/,
  ],
  ['Entra', entraErrorFormat, /"error_description":"AADSTS90013: .*too much/],
  ['a registry', registryErrorFormat, /^\{"errors":\[\{"code":"SIZE_INVALID"/],
  ['Blob Storage', blobErrorFormat, /<Error><Code>RequestBodyTooLarge<\/Code>/],
  [
    'Kubernetes',
    kubernetesErrorFormat,
    /"kind":"Status".*"message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge"/,
  ],
  ['GitHub', githubErrorFormat, /^\{"message":"too much"\}$/],
  ['the control address', controlErrorFormat, /^\{"error":"too much"\}$/],
])('rejects a body over the limit in the format of %s', (_, { bodyLimit, toReply }, expected) => {
  const { status, body } = toReply({ status: 413, message: 'too much' });
  expect(status).toBe(413);
  expect(body).toMatch(expected);
  expect(bodyLimit).toBeGreaterThanOrEqual(1 << 20);
});
