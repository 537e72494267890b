import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { WorkloadIdentityCredential } from '@azure/identity';
import { type Models, unread } from './declared-models.ts';
import { kubeconfigFile, type Lab, labFile } from './lab-file.ts';

// The environment has only HTTPS_PROXY, NODE_EXTRA_CA_CERTS,
// and an identity: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE.

const [directory = ''] = process.argv.slice(2);

export function writeLab(lab: Lab, kubeconfig: Uint8Array): void {
  writeFileSync(labFile(directory), JSON.stringify(lab));
  writeFileSync(kubeconfigFile(directory), kubeconfig, { mode: 0o600 });
}

export function readLab(): Lab {
  return JSON.parse(readFileSync(labFile(directory), 'utf8'));
}

/** From create-lab.ts. */
export function readKubeconfig(): string {
  return readFileSync(kubeconfigFile(directory), 'utf8');
}

/** @throws Error if the variable is not set */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const credential = new WorkloadIdentityCredential();

export const subscriptionId = variable('AZURE_SUBSCRIPTION_ID');

export interface Options {
  onResponse?: (response: { bodyAsText?: string | null }) => void;
}

/**
 * The model must have every member of the answer, and the answer every required one.
 * @param ignored members that this release does not have
 */
export async function callAndCheck<T>(
  models: Models,
  model: string,
  ask: (options: Options) => Promise<T>,
  ignored: readonly string[] = [],
): Promise<T> {
  let wire = '';
  const value = await ask({
    onResponse: ({ bodyAsText }) => {
      wire = bodyAsText ?? '';
    },
  });
  assert.deepEqual(models.faults(model, value), []);
  assert.deepEqual(
    unread(JSON.parse(wire), value).filter(name => !ignored.includes(name)),
    [],
    `members of the answer that ${model} has no place for`,
  );
  return value;
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Each item must match its model. */
export async function listAndCheck<T>(models: Models, model: string, items: AsyncIterable<T>): Promise<T[]> {
  const all = await allOf(items);
  assert.deepEqual(
    all.flatMap(item => models.faults(model, item)),
    [],
  );
  return all;
}

/** Azure's libraries throw this error. */
export async function expectError(
  call: () => Promise<unknown>,
  expected: { statusCode: number; code: string; message: RegExp },
): Promise<void> {
  await assert.rejects(call, { name: 'RestError', ...expected });
}
