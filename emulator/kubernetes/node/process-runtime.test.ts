import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from './container-log.ts';
import { ProcessRuntime } from './process-runtime.ts';
import type { ContainerConfig, ImageConfig } from './runtime.ts';

let directory: string;
let log: ContainerLog;
let images = 0;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'process-runtime-'));
  log = new ContainerLog(join(directory, '0.log'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function container(
  files: Record<string, string>,
  argv: string[],
  more: Partial<ContainerConfig> & { config?: ImageConfig } = {},
): ContainerConfig {
  const rootFileSystem = join(directory, `image-${images++}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(rootFileSystem, path)), { recursive: true });
    writeFileSync(join(rootFileSystem, path), content);
  }
  mkdirSync(rootFileSystem, { recursive: true });
  const own = join(directory, `container-${images++}`);
  mkdirSync(own);
  const { config = { Labels: { 'workload-identity-lab.runtime': 'node' } }, ...rest } = more;
  return {
    id: 'c'.repeat(64),
    image: { id: 'registry/app@sha256:0', size: 0, rootFileSystem, config },
    argv,
    workingDirectory: '/',
    environment: {},
    mounts: [],
    directory: own,
    log,
    ...rest,
  };
}

async function run(config: ContainerConfig) {
  const running = await new ProcessRuntime().start(config);
  const { exitCode } = await running.exited;
  return { exitCode, output: log.read().map(line => line.text) };
}

describe('process runtime', () => {
  it.each([['/usr/bin/node'], ['/nodejs/bin/node'], ['node']])(
    'runs %s of a node base with its own Node',
    async command => {
      const program = 'console.log(process.version); console.error("to stderr"); process.exitCode = 3';
      const result = await run(container({ 'app/main.mjs': program }, [command, '/app/main.mjs']));
      expect(result).toEqual({ exitCode: 3, output: [process.version, 'to stderr'] });
    },
  );

  it('runs what the entry point script of the official image would run', async () => {
    const files = { 'main.js': 'console.log("ran")' };
    const script = 'docker-entrypoint.sh';
    expect((await run(container(files, [script, 'node', '/main.js']))).output).toEqual(['ran']);
  });

  it('starts in the working directory, with only the given environment', async () => {
    const program =
      'const { PATH, ...rest } = process.env; console.log(JSON.stringify([process.cwd(), rest, typeof PATH]))';
    const config = container({ 'app/main.mjs': program }, ['node', 'main.mjs'], {
      workingDirectory: '/app',
      environment: { SECRET_NAME: 'Secret' },
    });
    const root = join(config.directory, 'rootfs');
    expect(JSON.parse((await run(config)).output[0] ?? '')).toEqual([
      join(root, 'app'),
      { SECRET_NAME: 'Secret', HOME: root },
      'string',
    ]);
  });

  it('maps mounts in arguments and variables', async () => {
    const hostPath = join(directory, 'volume');
    mkdirSync(hostPath);
    writeFileSync(join(hostPath, 'token'), 'the token');
    const program =
      'import fs from "node:fs"; for (const path of [process.env.TOKEN, process.argv[2]]) console.log(fs.readFileSync(path, "utf8")); console.log(process.env.OTHER)';
    const config = container({ 'main.mjs': program }, ['node', '/main.mjs', '/var/run/tokens/token'], {
      environment: { TOKEN: '/var/run/tokens/token', OTHER: '/var/run/tokens-of-others' },
      mounts: [{ mountPath: '/var/run/tokens/', hostPath }],
    });
    expect((await run(config)).output).toEqual(['the token', 'the token', '/var/run/tokens-of-others']);
  });

  it('gives every container a separate copy', async () => {
    const program = 'import fs from "node:fs"; fs.writeFileSync("written", "")';
    const config = container({ 'main.mjs': program }, ['node', '/main.mjs']);
    await run(config);
    expect(existsSync(join(config.directory, 'rootfs', 'written'))).toBe(true);
    expect(existsSync(join(config.image.rootFileSystem, 'written'))).toBe(false);
  });

  it.each([
    [['sleepy'], 'exec: "sleepy": executable file not found in $PATH'],
    [['/bin/sleepy'], 'exec: "/bin/sleepy": stat /bin/sleepy: no such file or directory'],
    [['/app/main.mjs'], 'exec: "/app/main.mjs": permission denied'],
    [[], 'no command specified'],
  ])('fails to run %j like a container runtime', async (argv, message) => {
    await expect(run(container({ 'app/main.mjs': '' }, argv))).rejects.toThrow(message);
  });

  it('offers no programs of this machine to an image without a language', async () => {
    const config = container({}, ['node', '-v'], { config: {} });
    await expect(run(config)).rejects.toThrow('exec: "node": executable file not found in $PATH');
  });

  it('forwards signals, and ends what the first process leaves behind', async () => {
    const program = `
      import { spawn } from "node:child_process";
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
      process.on("SIGTERM", () => { console.log("stopping"); process.exit(0); });
      child.once("spawn", () => console.log(child.pid));
      setInterval(() => {}, 1000);`;
    const running = await new ProcessRuntime().start(
      container({ 'main.mjs': program }, ['node', '/main.mjs']),
    );
    const [first] = await linesOf(1);
    running.kill('SIGTERM');
    expect(await running.exited).toEqual({ exitCode: 0 });
    expect(log.read().at(-1)?.text).toBe('stopping');
    await expect.poll(() => isAlive(Number(first)), { timeout: 10_000 }).toBe(false);
  });

  it('kills a program that ignores SIGTERM', async () => {
    const program = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")';
    const running = await new ProcessRuntime().start(
      container({ 'main.mjs': program }, ['node', '/main.mjs']),
    );
    await linesOf(1);
    running.kill('SIGTERM');
    running.kill('SIGKILL');
    expect(await running.exited).toEqual({ exitCode: 137 });
  });

  it.runIf(existsSync('/usr/bin/setpriv'))(
    'leaves no process behind, however the emulator ends',
    async () => {
      const config = container({ 'main.mjs': 'setInterval(() => {}, 1000)' }, ['node', '/main.mjs']);
      const emulator = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { ProcessRuntime } from ${JSON.stringify(fileURLToPath(new URL('./process-runtime.ts', import.meta.url)))};
         const config = ${JSON.stringify(config)};
         await new ProcessRuntime().start({ ...config, log: { append() {}, end() {} } });
         console.log(process.getActiveResourcesInfo().length > 0 && (await import("node:fs")).readFileSync("/proc/self/task/" + process.pid + "/children", "utf8"));`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const [output] = await once(emulator.stdout, 'data');
      const pid = Number(String(output).trim());
      expect(pid).toBeGreaterThan(1);
      emulator.kill('SIGKILL');
      await once(emulator, 'exit');
      await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    },
  );
});

/** Waits for a number of output lines. */
async function linesOf(count: number): Promise<string[]> {
  const lines = log.read().map(line => line.text);
  if (lines.length >= count) return lines;
  for await (const line of log.follow(new AbortController().signal)) {
    lines.push(line.text);
    if (lines.length >= count) return lines;
  }
  return lines;
}

/** False for a zombie that waits for its parent. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
