import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
// Release 12 has no build runs, and the package for them is not on npm yet.
import { ContainerRegistryManagementClient as WithRuns } from '@azure/arm-containerregistry-11';
import { create } from 'tar';
import { EnvHttpProxyAgent, fetch } from 'undici';
import {
  callAndCheck,
  credential,
  expectError,
  listAndCheck,
  readLab,
  subscriptionId,
} from './support/client.ts';
import { models } from './support/library-models.ts';

// @azure/arm-containerregistry

const lab = readLab();
const here = [lab.resourceGroup, lab.registry] as const;
const other = [lab.resourceGroup, 'sdkclientsregistry2'] as const;
const { registries } = new ContainerRegistryManagementClient(credential, subscriptionId);
const builds = new WithRuns(credential, subscriptionId);
/** Reads HTTPS_PROXY. */
const dispatcher = new EnvHttpProxyAgent();

test('reads and lists a registry', async () => {
  const registry = await callAndCheck(models.containerRegistry, 'Registry', options =>
    registries.get(...here, options),
  );
  assert.equal(registry.loginServer, lab.loginServer);
  assert.ok(registry.systemData?.createdAt instanceof Date);
  for (const list of [registries.list(), registries.listByResourceGroup(lab.resourceGroup)]) {
    const listed = await listAndCheck(models.containerRegistry, 'Registry', list);
    assert.deepEqual(
      listed.map(({ id }) => id),
      [registry.id],
    );
  }
  const usages = await callAndCheck(models.containerRegistry, 'RegistryUsageListResult', options =>
    registries.listUsages(...here, options),
  );
  assert.deepEqual(usages.value?.map(({ name }) => name).sort(), ['Size', 'Webhooks']);
});

test('creates, updates, and deletes a registry', async () => {
  const created = await registries.beginCreateAndWait(...other, {
    location: lab.location,
    sku: { name: 'Basic' },
  });
  assert.deepEqual(models.containerRegistry.faults('Registry', created), []);
  const updated = await registries.beginUpdateAndWait(...other, {
    sku: { name: 'Premium' },
    tags: { a: '1' },
    anonymousPullEnabled: true,
  });
  assert.equal(updated.sku.tier, 'Premium');
  assert.equal(updated.anonymousPullEnabled, true);
  await registries.beginDeleteAndWait(...other);
  await expectError(() => registries.get(...other), {
    statusCode: 404,
    code: 'ResourceNotFound',
    message: /'Microsoft\.ContainerRegistry\/registries\/sdkclientsregistry2'/,
  });
  const check = await callAndCheck(models.containerRegistry, 'RegistryNameStatus', options =>
    registries.checkNameAvailability(
      { name: lab.registry, type: 'Microsoft.ContainerRegistry/registries' },
      options,
    ),
  );
  assert.deepEqual([check.nameAvailable, check.reason], [false, 'AlreadyExists']);
});

test('builds an image: upload, run, log', async () => {
  const { uploadUrl, relativePath } = await callAndCheck(
    models.containerRegistry11,
    'SourceUploadDefinition',
    options => builds.registries.getBuildSourceUploadUrl(...here, options),
  );
  const program =
    'let n = 0; setInterval(() => { console.log("tick", ++n); if (n === 5) process.exit(); }, 200)';
  const command = JSON.stringify(['node', '--eval', program]);
  await upload(uploadUrl!, `FROM docker.io/library/node:24\nCMD ${command}\n`);
  const request = {
    type: 'DockerBuildRequest' as const,
    dockerFilePath: 'Dockerfile',
    sourceLocation: relativePath!,
    imageNames: ['ticker:1'],
    isPushEnabled: true,
    platform: { os: 'Linux', architecture: 'amd64' },
  };
  const scheduled = await builds.registries.beginScheduleRunAndWait(...here, request);
  assert.deepEqual(models.containerRegistry11.faults('Run', scheduled), []);

  const run = await finished(scheduled.runId!);
  assert.equal(run.status, 'Succeeded');
  assert.ok(run.startTime! <= run.finishTime!);
  assert.deepEqual(
    run.outputImages?.map(({ repository, tag }) => `${repository}:${tag}`),
    ['ticker:1'],
  );
  const all = await listAndCheck(models.containerRegistry11, 'Run', builds.runs.list(...here));
  assert.ok(all.some(({ runId }) => runId === run.runId));
  const { logLink } = await callAndCheck(models.containerRegistry11, 'RunGetLogResult', options =>
    builds.runs.getLogSasUrl(...here, run.runId!, options),
  );
  const log = await fetch(logLink!, { dispatcher });
  assert.match(await log.text(), /1: digest: sha256:[0-9a-f]{64}/);
});

test('reports a missing run and a failed run', async () => {
  await expectError(() => builds.runs.get(...here, 'cz99'), {
    statusCode: 404,
    code: 'RunNotFound',
    message: /cz99/,
  });
  const { uploadUrl, relativePath } = await builds.registries.getBuildSourceUploadUrl(...here);
  await upload(uploadUrl!, 'FROM docker.io/library/node:24\nRUN true\n');
  const { runId } = await builds.registries.beginScheduleRunAndWait(...here, {
    type: 'DockerBuildRequest',
    dockerFilePath: 'Dockerfile',
    sourceLocation: relativePath!,
    platform: { os: 'Linux' },
  });
  const run = await finished(runId!);
  assert.equal(run.status, 'Failed');
  assert.ok(run.runErrorMessage);
});

/** Checks each answer. */
async function finished(runId: string) {
  for (;;) {
    const run = await callAndCheck(models.containerRegistry11, 'Run', options =>
      builds.runs.get(...here, runId, options),
    );
    if (run.finishTime) return run;
    await sleep(100);
  }
}

async function upload(url: string, dockerfile: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'context-'));
  try {
    writeFileSync(join(directory, 'Dockerfile'), dockerfile);
    await create({ gzip: true, cwd: directory, file: join(directory, 'context.tar.gz') }, ['Dockerfile']);
    const body = readFileSync(join(directory, 'context.tar.gz'));
    const headers = { 'x-ms-blob-type': 'BlockBlob' };
    const answer = await fetch(url, { method: 'PUT', body, headers, dispatcher });
    assert.equal(answer.status, 201);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
