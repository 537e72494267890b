import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TrustChain } from '../shared/diagnosis/trust-chain.ts';
import { fakeTools } from '../shared/fake-tools.ts';
import { recordStage, type Stage } from '../shared/journal.ts';
import { criticalPath, summarizeLab } from './summarize-lab.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const stage = (action: string, from: number, to: number, more: Partial<Stage> = {}): Stage => ({
  action,
  started: at(from),
  ended: at(to),
  outcome: 'success',
  steps: [{ what: 'Thing', name: action, outcome: 'created', took: 1 }],
  facts: {},
  ...more,
});

/** As in the lab workflow: the vault and the image are created at the same time as the cluster. */
const lab = [
  stage('federate-identity', 1, 20),
  stage('setup-vault', 21, 60),
  stage('build-image', 61, 120),
  stage('create-cluster', 0, 300),
  stage('federate-identity', 301, 310, {
    steps: [{ what: 'Service account', name: 'a|b/<img>', outcome: 'already there', took: 1 }],
  }),
  stage('deploy-workload', 311, 330, {
    steps: [{ what: 'Secret in the log of', name: 'pod', outcome: 'verified', took: 1 }],
  }),
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'summarize-lab-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function summarize(stages: readonly Stage[], clientId = '') {
  for (const each of stages) await recordStage(each, folder);
  const tools = fakeTools({});
  const jsonFile = join(folder, 'out', 'report.json');
  const outputs = await summarizeLab(
    { temporaryFolder: folder, jsonFile, clientId, run: { id: '7', attempt: '1' } },
    tools,
  );
  return {
    outputs,
    markdown: tools.report.markdown('summarize-lab'),
    lines: tools.lines,
    json: JSON.parse(await readFile(jsonFile, 'utf8')),
  };
}

describe('criticalPath', () => {
  it('goes back from the last end to the stages that each stage waited for', () => {
    expect(criticalPath(lab).map(each => each.action)).toEqual([
      'create-cluster',
      'federate-identity',
      'deploy-workload',
    ]);
  });

  it('follows the image if it took the longest', () => {
    const slow = [...lab.slice(0, 2), stage('build-image', 61, 305), stage('create-cluster', 0, 300)];
    expect(criticalPath(slow).map(each => each.action)).toEqual([
      'federate-identity',
      'setup-vault',
      'build-image',
    ]);
  });

  it('terminates with stages without a duration', () => {
    const moments = [stage('a', 5, 5), stage('b', 5, 5)];
    expect(criticalPath(moments)).toHaveLength(2);
    expect(criticalPath([])).toEqual([]);
  });
});

describe('summarizeLab', () => {
  it('reports a verified lab', async () => {
    const { outputs, markdown, lines, json } = await summarize(lab);
    expect(outputs).toMatchObject({ verdict: 'verified', diagnosis: '', 'duration-seconds': '330' });
    expect(lines).toEqual([
      'verified, 5 min 30 s; critical path: create-cluster (5 min 00 s) → federate-identity (9.0 s) → deploy-workload (19 s)',
    ]);
    expect(markdown).toContain(
      '| **create\\-cluster** | success | 0.0 s | 5 min 00 s | Thing create\\-cluster |',
    );
    expect(markdown).toContain('| setup\\-vault | success | 21 s | 39 s | Thing setup\\-vault |');
    expect(markdown).toContain('Service account a\\|b/&#60;img&#62; |');
    expect(json).toMatchObject({
      verdict: 'verified',
      durationSeconds: 330,
      criticalPath: ['create-cluster', 'federate-identity', 'deploy-workload'],
    });
    expect(json.stages).toHaveLength(6);
    expect(json.stages[3]).toMatchObject({ action: 'create-cluster', seconds: 300 });
  });

  it('draws the trust chains', async () => {
    const chain = {
      workload: 'shop/orders',
      issuer: 'https://eastus.oic.prod-aks.azure.com/t/c/',
      subject: 'system:serviceaccount:shop:orders',
      audience: 'api://AzureADTokenExchange',
      credential: 'shop-orders',
      identity: { name: 'orders', clientId: 'b7c4ae2c-0000-4000-8000-000000000001' },
      access: null,
      vault: 'team-orders',
      secret: { name: 'database', version: 'ab12' },
    };
    const { markdown } = await summarize([
      stage('deploy-workload', 0, 1, { facts: { trustChain: [chain] } }),
    ]);
    expect(markdown).toMatch(/```mermaid\nflowchart[\s\S]*shop-orders[\s\S]*ab12[\s\S]*```/);
  });

  it('omits the diagram of an invalid trust chain', async () => {
    const foreign = { workload: 1, issuer: {}, identity: 7 };
    const { outputs, markdown } = await summarize([
      stage('deploy-workload', 0, 1, { facts: { trustChain: [foreign as unknown as TrustChain] } }),
    ]);
    expect(outputs['duration-seconds']).toBe('1');
    expect(markdown).toContain('cannot be drawn');
  });

  it('reports the path that it could not write to', async () => {
    const tools = fakeTools({});
    const inputs = {
      temporaryFolder: folder,
      jsonFile: '/dev/null/report.json',
      clientId: '',
      run: { id: '7', attempt: '1' },
    };
    await expect(summarizeLab(inputs, tools)).rejects.toThrow(
      'The action could not write the report to "/dev/null/report.json": ',
    );
  });

  it('outputs the failure of the first failed stage', async () => {
    const { outputs } = await summarize([
      stage('setup-vault', 0, 1, { outcome: 'failure', failure: 'the role is missing' }),
      stage('create-cluster', 0, 2, { outcome: 'cancelled', failure: 'The step was cancelled (SIGINT).' }),
    ]);
    expect(outputs).toMatchObject({ verdict: 'failed', diagnosis: 'the role is missing' });
  });

  it('replaces the masked client ID in the diagnosis', async () => {
    const client = 'b7c4ae2c-0000-4000-8000-000000000001';
    const failure = `The client '${client}' with object id 'x' has no permission. az login as ${client} again.`;
    const { outputs } = await summarize(
      [stage('setup-vault', 0, 1, { outcome: 'failure', failure })],
      client,
    );
    expect(outputs.diagnosis).toBe(
      "The client '***' with object id 'x' has no permission. az login as *** again.",
    );
  });

  it.each<[string, Stage[]]>([
    ['cancelled', [stage('create-cluster', 0, 2, { outcome: 'cancelled' })]],
    ['incomplete', [stage('create-cluster', 0, 2)]],
    ['deleted', [stage('delete-lab', 0, 2)]],
    ['incomplete', []],
  ])('outputs the verdict %s', async (verdict, stages) => {
    expect((await summarize(stages)).outputs.verdict).toBe(verdict);
  });
});
