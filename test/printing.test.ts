import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { control } from '../lab/emulator-process.ts';
import { CommandReader } from '../lab/workflow/workflow-commands.ts';
import { Chain, type StepEnded } from './support/chain.ts';

// A pod and an event print text that could affect the runner or the page of the run. The rules of
// the runner itself read the output.

const group = { 'resource-group': 'wilab-printing' };
const megabytes = 10 * 1024 * 1024;

/** The pod prints these lines, one that is too long, and a reason. */
const hostile = [
  '::error::owned',
  '##[error]owned',
  '   ::add-mask::e',
  'text ##[add-mask]a',
  '::set-output name=verified::true',
  '::save-state name=folder::/',
  '::set-env name=PATH::/evil',
  '::add-path::/evil',
  '::add-matcher::/evil.json',
  '::stop-commands::owned',
  '::group::owned',
  'carriage return\r::warning::owned',
  '\u001b[2K\u001b[1G::warning::owned',
  '\u200b::notice::owned',
  '\u2028::notice::owned',
  '</pre><img src=x onerror=alert(1)> | [owned](https://example.com) **owned** @everyone #1 www.owned.example <!--',
  '```',
];
const reason =
  'Stopped: secret Secret could not be read (AADSTS90099): ::error::owned ##[error]owned <img src=x> [owned](https://example.com)';

const program = `
for (const line of ${JSON.stringify(hostile)}) console.log(line);
process.stdout.write('x'.repeat(${megabytes}) + '\\n', () => {
  console.error(${JSON.stringify(reason)});
  process.exitCode = 1;
});
`;

/** A line of 60 MB without an end, 300,000 short lines, and then the secret. */
const late = 'a secret that comes late';
const flood = `
const { writeSync } = require('node:fs');
const write = text => {
  for (let rest = Buffer.from(text); rest.length > 0; )
    try { rest = rest.subarray(writeSync(1, rest)); } catch (error) { if (error.code !== 'EAGAIN') throw error; }
};
console.log('Retrieving');
setTimeout(() => {
  for (let i = 0; i < 960; i++) write('x'.repeat(65536));
  for (let i = 0; i < 300; i++) write('\\na short line'.repeat(1000));
  write('\\nSecret value: ${late}\\n');
  setInterval(() => {}, 1000);
}, 5000);
`;

let chain: Chain;
let step: StepEnded;
let flooded: StepEnded;

beforeAll(async () => {
  chain = await Chain.start();
  const [from] = /^ARG BASE_IMAGE=.*\nFROM .*$/m.exec(readFileSync('Dockerfile', 'utf8'))!;
  const contextOf = (name: string, source: string): string => {
    const context = join(chain.directory, name);
    mkdirSync(join(context, 'app'), { recursive: true });
    writeFileSync(join(context, 'app', 'main.js'), source);
    const dockerfile = [
      from,
      'COPY app/ /app/',
      'USER 65532:65532',
      'ENTRYPOINT ["/usr/bin/node", "/app/main.js"]',
      '',
    ];
    writeFileSync(join(context, 'Dockerfile'), dockerfile.join('\n'));
    return context;
  };

  const registry = { ...group, 'registry-name': 'wilabprinting' };
  const making = chain.succeed('create-cluster', { ...registry, 'cluster-name': 'wilab' });
  making.catch(() => {});
  const image = await chain.succeed('build-image', { ...registry, context: contextOf('hostile', program) });
  const flooding = await chain.succeed('build-image', {
    ...registry,
    ...{ repository: 'flood', context: contextOf('flood', flood) },
  });
  const { kubeconfig = '', 'oidc-issuer-url': issuer = '' } = (await making).outputs;
  await chain.succeed('federate-identity', { ...group, 'identity-name': 'wi-demo', issuer, kubeconfig });
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'hostile', namespace: 'default' },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'wi-kv-test', namespace: 'default' },
    type: 'Warning',
    reason: 'Owned',
    message: hostile.join('\n').slice(0, 1000),
    lastTimestamp: new Date().toISOString(),
  };
  await chain.kubectl(kubeconfig, ['create', '--filename', '-'], JSON.stringify(event));
  step = await chain.run('deploy-workload', {
    kubeconfig,
    image: image.outputs.image!,
    'vault-name': 'wilabprinting',
    'secret-sha256': '0'.repeat(64),
    'timeout-seconds': '30',
  });
  flooded = await chain.run('deploy-workload', {
    ...{ kubeconfig, name: 'flood', image: flooding.outputs.image!, 'vault-name': 'wilabprinting' },
    'secret-sha256': createHash('sha256').update(late).digest('hex'),
    'timeout-seconds': '200',
  });
});
afterAll(() => chain?.stop());

/** Without our annotations of level debug. */
function obeyedOf({ output }: StepEnded): { obeyed: string[]; told: string[] } {
  const told: string[] = [];
  const obeyed: string[] = [];
  const reader = new CommandReader({
    addMask: value => void obeyed.push(`mask ${value}`),
    setOutput: name => void obeyed.push(`output ${name}`),
    saveState: name => void obeyed.push(`state ${name}`),
    annotate: (level, message) => void told.push(`${level} ${message}`),
    print: () => {},
    fail: message => void obeyed.push(`fail ${message}`),
  });
  // The runner also ends a line at a carriage return.
  for (const line of output.split(/\r\n|\r|\n/)) reader.read(line);
  return {
    // Without our own masks: tokens of Azure and those that switch commands off.
    obeyed: obeyed.filter(effect => !/^mask (ey[\w-]+\.ey|[\da-f-]{36}$)/.test(effect)),
    told: told.filter(annotation => !annotation.startsWith('debug ')),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

function expectNotRendered(summary: string): void {
  const tags = [...summary.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
  expect(tags.filter(tag => !/^<\/?(pre|details|summary)>$/.test(tag))).toEqual([]);
  const outsideOfPre = summary.replace(/<pre>[\s\S]*?<\/pre>/g, '');
  expect(outsideOfPre).not.toMatch(
    /(?<!\\)\]\((?!https:\/\/github\.com\/)|(?<![\\*])\*\*owned|@everyone|www\.owned/,
  );
}

describe('text of a pod and an event', () => {
  test('shows why the workload failed', () => {
    expect(step.exitCode).toBe(1);
    expect(step.output).toContain('AADSTS90099');
    expect(step.output).toContain('carriage return');
  });

  test('contains no command that the runner executes', () => {
    const { obeyed, told } = obeyedOf(step);
    expect(obeyed).toEqual([]);
    expect(told).toEqual([expect.stringMatching(/^error deploy-workload: /)]);
  });

  test('is printed without control characters', () => {
    expect(step.output).not.toMatch(CONTROL);
  });

  test('is limited in log and summary', () => {
    expect(step.output.length).toBeLessThan(1024 * 1024);
    expect(step.summary.length).toBeLessThan(64 * 1024);
    expect(step.output).toMatch(/x{4000,} … \(\d+ characters\)/);
  });

  test('is literal in the summary', () => {
    expect(step.summary).toContain('AADSTS90099');
    expectNotRendered(step.summary);
  });
});

test('a pod that prints endlessly is followed until its secret, and most of its output is left out', () => {
  const { exitCode, output, outputs } = flooded;
  expect(exitCode, output.slice(-5000)).toBe(0);
  expect(outputs.verified).toBe('true');
  expect(output).toMatch(/^\| x{4000,} … \(\d+ characters\)$/m);
  expect(output).toMatch(/^\| … \d{5,} lines left out$/m);
  expect(output).toContain('| Secret value: ***');
  expect(output.replace(/^::add-mask::.*$/gm, '')).not.toContain(late);
  expect(output.length).toBeLessThan(1024 * 1024);
});

describe('text of Azure', () => {
  test.each([
    ['federate-identity', { 'identity-name': 'wi-demo' }, 'GET', /^error federate-identity: /],
    [
      'delete-lab',
      {},
      'DELETE',
      /^error delete-lab: Of the lab in wilab-printing these parts could not be deleted:/,
    ],
  ])('%s prints it, and the runner executes no command in it', async (action, inputs, method, error) => {
    const message = [...hostile, 'x'.repeat(500_000)].join('\n');
    await control(chain.emulator.facts, 'POST /control/faults', {
      ...{ host: 'management.azure.com', method, pathPattern: '/resourcegroups/wilab-printing', times: 9 },
      ...{ status: 400, body: { error: { code: 'Owned', message } } },
    });
    const ended = await chain.run(action, { ...group, ...inputs });
    await control(chain.emulator.facts, 'DELETE /control/faults');
    expect(ended.exitCode).toBe(1);
    expect(ended.output).toContain('Owned');
    const { obeyed, told } = obeyedOf(ended);
    expect(obeyed).toEqual([]);
    expect(told).toEqual([expect.stringMatching(error)]);
    expect(ended.output).not.toMatch(CONTROL);
    expect(ended.output.length).toBeLessThan(1024 * 1024);
    expect(ended.summary.length).toBeLessThan(64 * 1024);
    expectNotRendered(ended.summary);
  });
});
