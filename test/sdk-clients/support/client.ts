import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { WorkloadIdentityCredential } from '@azure/identity';
import { type Models, unread } from './declared-models.ts';
import { kubeconfigFile, type Lab, labFile } from './lab-file.ts';

// Every client has a directory as its argument. Of the emulator, its environment has only HTTPS_PROXY and
// NODE_EXTRA_CA_CERTS. AZURE_CLIENT_ID, AZURE_TENANT_ID, and AZURE_FEDERATED_TOKEN_FILE are its identity.

const [directory = ''] = process.argv.slice(2);

export function writeLab(lab: Lab, kubeconfig: Uint8Array): void {
  writeFileSync(labFile(directory), JSON.stringify(lab));
  writeFileSync(kubeconfigFile(directory), kubeconfig, { mode: 0o600 });
}

export function readLab(): Lab {
  return JSON.parse(readFileSync(labFile(directory), 'utf8'));
}

/** The kubeconfig that create-lab.ts got from the cluster. */
export function readKubeconfig(): string {
  return readFileSync(kubeconfigFile(directory), 'utf8');
}

/** @throws Error if the variable is not set */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** The identity of the environment, with the token in a file. */
export const credential = new WorkloadIdentityCredential();

export const subscriptionId = variable('AZURE_SUBSCRIPTION_ID');

/** Options of every operation of Azure's libraries. */
export interface Options {
  onResponse?: (response: { bodyAsText?: string | null }) => void;
}

/**
 * Calls a management library and compares the result with its model: required members, types, and known values of enums. The
 * model must have every member of the answer.
 * @param model name of the declared model
 * @param ignored members of the answer that this release of the library does not have
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

/** Reads a list to its end. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads a list to its end. Each item must match its model. */
export async function listAndCheck<T>(models: Models, model: string, items: AsyncIterable<T>): Promise<T[]> {
  const all = await allOf(items);
  assert.deepEqual(
    all.flatMap(item => models.faults(model, item)),
    [],
  );
  return all;
}

/** The call must fail with the error of Azure's libraries. */
export async function expectError(
  call: () => Promise<unknown>,
  expected: { statusCode: number; code: string; message: RegExp },
): Promise<void> {
  await assert.rejects(call, { name: 'RestError', ...expected });
}
