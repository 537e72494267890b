import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** With separate home and caches. */
export interface Kubectl {
  /**
   * @param input standard input
   * @param settings environment variables
   */
  (
    args: readonly string[],
    input?: string,
    settings?: Readonly<Record<string, string>>,
  ): Promise<KubectlResult>;
  readonly directory: string;
  remove(): Promise<void>;
}

export interface KubectlOptions {
  /** PEM. */
  readonly certificateAuthority?: string;
  readonly token?: string;
  /** Default: on the PATH. */
  readonly program?: string;
}

/**
 * kubectl does not send a token over HTTP.
 * @param server `http://127.0.0.1:PORT`, `https://localhost:PORT`
 */
export async function createKubectl(
  server: string,
  { certificateAuthority, token, program = 'kubectl' }: KubectlOptions = {},
): Promise<Kubectl> {
  const directory = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const kubeconfig = join(directory, 'config');
  const authority = certificateAuthority && Buffer.from(certificateAuthority).toString('base64');
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(content), { mode: 0o600 });
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(directory, 'cache'),
    // A garbage collection is not worth its time.
    GOGC: '400',
  };
  const run: (...call: Parameters<Kubectl>) => Promise<KubectlResult> = (args, input = '', settings = {}) =>
    new Promise<KubectlResult>((resolve, reject) => {
      const child = execFile(
        program,
        [...args],
        { env: { ...env, ...settings }, timeout: 60_000 },
        (error, stdout, stderr) => {
          if (error && typeof error.code !== 'number') return reject(error);
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
        },
      );
      child.stdin?.end(input);
    });
  return Object.assign(run, { directory, remove: () => rm(directory, { recursive: true, force: true }) });
}
