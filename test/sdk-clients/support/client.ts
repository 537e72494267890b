import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { WorkloadIdentityCredential } from '@azure/identity';
import { type Models, unread } from './declared-models.ts';
import { kubeconfigFile, type Lab, labFile } from './lab-file.ts';

// What every stranger is given: a directory as its argument, and in its environment nothing of the emulator but
// HTTPS_PROXY and NODE_EXTRA_CA_CERTS; AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE say who it is.

const [directory = ''] = process.argv.slice(2);

export function writeLab(lab: Lab, kubeconfig: Uint8Array): void {
  writeFileSync(labFile(directory), JSON.stringify(lab));
  writeFileSync(kubeconfigFile(directory), kubeconfig, { mode: 0o600 });
}

export function readLab(): Lab {
  return JSON.parse(readFileSync(labFile(directory), 'utf8'));
}

/** The kubeconfig that create-lab.ts was given by the cluster. */
export function readKubeconfig(): string {
  return readFileSync(kubeconfigFile(directory), 'utf8');
}

/** A variable that must be set. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** Signs in as whoever the environment says, with the token in a file. */
export const credential = new WorkloadIdentityCredential();

export const subscriptionId = variable('AZURE_SUBSCRIPTION_ID');

/** Options that every operation of Azure's libraries takes. */
export interface Options {
  onResponse?: (response: { bodyAsText?: string | null }) => void;
}

/**
 * Does one call of a management library. What comes back must be what its model says: members that it requires are there, dates
 * are dates, values of enums are known ones; and the model must have a place for every member of the answer.
 * @param model name of the declared model
 * @param ignored members of the answer that this release of the library has no place for
 */
export async function reads<T>(
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

/** Reads a list to its end; each item must be what its model says. */
export async function readsAll<T>(models: Models, model: string, items: AsyncIterable<T>): Promise<T[]> {
  const all = await allOf(items);
  assert.deepEqual(
    all.flatMap(item => models.faults(model, item)),
    [],
  );
  return all;
}

/** The call must be refused, with the error that Azure's libraries make of an answer of Azure's. */
export async function refused(
  call: () => Promise<unknown>,
  expected: { statusCode: number; code: string; message: RegExp },
): Promise<void> {
  await assert.rejects(call, { name: 'RestError', ...expected });
}
