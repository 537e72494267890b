import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { control, type EmulatorProcess, emulatedGitHub, startEmulator } from '../../lab/emulator-process.ts';
import { emulatorVariables } from '../../lab/emulator-variables.ts';
import { findTools } from '../../lab/tools/find-tools.ts';
import { ToolWrappers } from '../../lab/tools/tool-wrappers.ts';
import { readEntries } from '../../lab/workflow/file-commands.ts';

export interface Ended {
  readonly exitCode: number | null;
  /** Standard output and standard error, in order of arrival. */
  readonly output: string;
}

/** Receives a process when it starts, and a function that returns its output so far. */
export type Watch = (child: ChildProcess, output: () => string) => void;

export interface StepEnded extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  /** For its post step. */
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Number of az and kubectl processes. */
  readonly started: number;
}

/**
 * A separate emulator, the real az and kubectl, and the actions' bundles. az is logged in as in a
 * workflow.
 */
export class Chain {
  readonly emulator: EmulatorProcess;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly #wrappers: ToolWrappers;
  readonly #cloud: string | undefined;
  #steps = 0;

  private constructor(
    emulator: EmulatorProcess,
    env: Record<string, string>,
    directory: string,
    wrappers: ToolWrappers,
    cloud: string | undefined,
  ) {
    this.emulator = emulator;
    this.env = env;
    this.directory = directory;
    this.#wrappers = wrappers;
    this.#cloud = cloud;
  }

  /** @param cloud az's name of the cloud; default: the public cloud */
  static async start(kubernetes = 'embedded', cloud?: string): Promise<Chain> {
    const tools = await findTools({ progress: line => console.error(line) });
    const directory = mkdtempSync(join(tmpdir(), 'workload-identity-lab-'));
    const emulator = await startEmulator({
      directory: join(directory, 'emulator'),
      settings: { latency: 'fast', kubernetes, ...(cloud && { cloud }) },
      outlivesParent: false,
    });
    const wrappers = new ToolWrappers(tools, join(directory, 'bin'));
    const variables = await emulatorVariables(directory, wrappers.directory, emulator.facts);
    // kubectl ends too soon to need garbage collection.
    const env = { ...variables, GOGC: '400' };
    const chain = new Chain(emulator, env, directory, wrappers, cloud);
    if (cloud) await chain.az('cloud', 'set', '--name', cloud);
    await chain.logIn();
    return chain;
  }

  /** As azure/login does, with the job's ID token. */
  async logIn(): Promise<void> {
    const { facts } = this.emulator;
    await this.az(
      ...['login', '--service-principal', '--username', facts.deployer.clientId],
      ...['--tenant', facts.tenantId, '--federated-token', await this.idToken()],
    );
  }

  /** For ID tokens that the deployer's identity trusts. */
  async idTokenRequest(): Promise<{ url: string; token: string }> {
    const claims = { sub: `repo:${emulatedGitHub.repository}:environment:${emulatedGitHub.environment}` };
    const request = await control(this.emulator.facts, 'POST /control/github/id-token-requests', { claims });
    return request as { url: string; token: string };
  }

  async idToken(): Promise<string> {
    const request = await this.idTokenRequest();
    const audience = `api://AzureADTokenExchange${this.#cloud === 'AzureUSGovernment' ? 'USGov' : ''}`;
    const answer = await this.start(
      'curl',
      [...['--silent', '--fail', '--header', '@-'], `${request.url}&audience=${audience}`],
      `authorization: Bearer ${request.token}`,
    );
    return JSON.parse(answer.output).value;
  }

  start(program: string, args: readonly string[], input = '', env = this.env, watch?: Watch): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { env });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', text => {
          output += text;
        });
      }
      watch?.(child, () => output);
      child.once('error', reject).once('close', exitCode => resolve({ exitCode, output }));
      child.stdin.on('error', () => {}).end(input);
    });
  }

  /**
   * Throws if az fails.
   * @returns az's JSON
   */
  // biome-ignore lint/suspicious/noExplicitAny: az's answers have as many shapes as it has commands
  async az(...args: string[]): Promise<any> {
    const ended = await this.start('az', [...args, '--only-show-errors', '--output', 'json']);
    if (ended.exitCode !== 0) throw new Error(`az ${args.join(' ')}: ${ended.exitCode}\n${ended.output}`);
    return ended.output.trim() === '' ? undefined : JSON.parse(ended.output);
  }

  /** Throws if kubectl fails. */
  async kubectl(kubeconfig: string, args: readonly string[], input?: string): Promise<string> {
    const ended = await this.start('kubectl', ['--kubeconfig', kubeconfig, ...args], input);
    if (ended.exitCode !== 0)
      throw new Error(`kubectl ${args.join(' ')}: ${ended.exitCode}\n${ended.output}`);
    return ended.output;
  }

  /**
   * Starts the bundle as a runner does, with the defaults of action.yml.
   * @param environment overrides the lab's environment
   */
  async run(
    action: string,
    inputs: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string>> = {},
    watch?: Watch,
  ): Promise<StepEnded> {
    const folder = join('actions', action);
    const { inputs: declared, outputs: promised } = parse(readFileSync(join(folder, 'action.yml'), 'utf8'));
    const unknown = Object.keys(inputs).filter(name => !(name in declared));
    if (unknown.length > 0) throw new Error(`${action} has no input ${unknown.join(', ')}`);

    const step = join(this.directory, `step-${++this.#steps}`);
    const files = {
      GITHUB_OUTPUT: 'output',
      GITHUB_STATE: 'state',
      GITHUB_ENV: 'env',
      GITHUB_PATH: 'path',
      GITHUB_STEP_SUMMARY: 'summary',
    };
    mkdirSync(step);
    for (const file of Object.values(files)) writeFileSync(join(step, file), '');
    const env: Record<string, string> = {
      ...this.env,
      ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(step, file)])),
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: process.cwd(),
      GITHUB_REPOSITORY: emulatedGitHub.repository,
      GITHUB_RUN_ID: '4711',
      GITHUB_RUN_ATTEMPT: '1',
      RUNNER_TEMP: this.directory,
      ...environment,
    };
    for (const [name, { default: value = '' }] of Object.entries<{ default?: string }>(declared)) {
      env[`INPUT_${name.toUpperCase()}`] = inputs[name] ?? value;
    }
    const before = this.#processes();
    const ended = await this.start(process.execPath, [join(folder, 'dist/index.js')], '', env, watch);
    const entries = (file: string) => Object.fromEntries(readEntries(readFileSync(join(step, file), 'utf8')));
    const outputs = entries('output');
    const undeclared = Object.keys(outputs).filter(name => !(name in promised));
    if (undeclared.length > 0)
      throw new Error(`${action} sets ${undeclared.join(', ')}, which it does not declare`);
    const missing = Object.keys(promised).filter(name => !(name in outputs));
    if (ended.exitCode === 0 && missing.length > 0)
      throw new Error(`${action} does not set ${missing.join(', ')}`);
    return {
      ...ended,
      outputs,
      state: entries('state'),
      summary: readFileSync(join(step, 'summary'), 'utf8'),
      started: this.#processes() - before,
    };
  }

  /** As the runner does. */
  runPost(action: string, state: Readonly<Record<string, string>>): Promise<Ended> {
    const { runs } = parse(readFileSync(join('actions', action, 'action.yml'), 'utf8'));
    const saved = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
    const env = { ...this.env, RUNNER_TEMP: this.directory, ...Object.fromEntries(saved) };
    return this.start(process.execPath, [join('actions', action, runs.post)], '', env);
  }

  #processes(): number {
    return readFileSync(join(this.#wrappers.directory, 'processes.log'), 'utf8').split('\n').length - 1;
  }

  /** Throws if the action fails. */
  async succeed(
    action: string,
    inputs: Readonly<Record<string, string>>,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<StepEnded> {
    const ended = await this.run(action, inputs, environment);
    if (ended.exitCode !== 0) throw new Error(`${action} failed: ${ended.exitCode}\n${ended.output}`);
    return ended;
  }

  /** Throws if the emulator logged an unhandled error. */
  async stop(): Promise<void> {
    this.#wrappers.stop();
    await this.emulator.stop();
    const log = existsSync(this.emulator.logFile) ? readFileSync(this.emulator.logFile, 'utf8') : '';
    rmSync(this.directory, { recursive: true, force: true });
    const defects = log.split('\n').filter(line => /^\S+ unhandled: /.test(line));
    if (defects.length > 0) throw new Error(`The emulator logged unhandled errors:\n${defects.join('\n')}`);
  }
}
