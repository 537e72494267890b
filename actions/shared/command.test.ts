import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { commandEnvironment, runCommand } from './command.ts';
import { CommandFailed } from './command-errors.ts';

const node = (script: string, options?: Parameters<typeof runCommand>[2]) =>
  runCommand(process.execPath, ['--eval', script], options);

describe('runCommand', () => {
  it('returns both streams, with characters that the pipe split', async () => {
    const script = `const b = Buffer.from('aü'); process.stdout.write(b.subarray(0, 2)); setTimeout(() => process.stdout.write(b.subarray(2)), 50); process.stderr.write('e')`;
    expect(await node(script)).toEqual({ stdout: 'aü', stderr: 'e' });
  });

  it('passes arguments unchanged and without a shell', async () => {
    const { stdout } = await runCommand(process.execPath, ['--print', 'process.argv[1]', '$(id) "; \'*']);
    expect(stdout.trim()).toBe('$(id) "; \'*');
  });

  it('writes the input and closes it', async () => {
    const { stdout } = await node('process.stdin.pipe(process.stdout)', { input: 'kind: Pod' });
    expect(stdout).toBe('kind: Pod');
  });

  it('reports the exit code of a command that ends without reading its input', async () => {
    await expect(node('process.exit(4)', { input: 'x'.repeat(1_000_000) })).rejects.toMatchObject({
      exitCode: 4,
    });
  });

  it('throws with the command, the exit code, and standard error', async () => {
    const failure = await node("console.error('ERROR: (Nope) no'); process.exit(3)").catch(error => error);
    expect(failure).toBeInstanceOf(CommandFailed);
    expect(failure).toMatchObject({ exitCode: 3, code: 'Nope', errorText: 'ERROR: (Nope) no' });
    expect(failure.command.slice(0, 2)).toEqual([process.execPath, '--eval']);
  });

  it('passes lines on as they arrive, also the last one without a line break', async () => {
    const lines: string[] = [];
    const { stdout } = await node("process.stdout.write('a\\nb\\nc')", { onLine: line => lines.push(line) });
    expect(lines).toEqual(['a', 'b', 'c']);
    expect(stdout).toBe('');
  });

  it.each([
    ['with its own output', {}],
    ['whose lines are followed', { onLine: () => {} }],
  ])('ends a command %s at its time limit, with the processes that it started', async (_, options) => {
    const script = 'trap "" INT TERM; sleep 100 & echo $! >&2; wait; wait';
    const started = performance.now();
    const failure = await runCommand('bash', ['-c', script], { ...options, timeoutSeconds: 0.3 }).catch(
      error => error,
    );
    expect(failure).toMatchObject({
      name: 'CommandTimedOut',
      message: expect.stringMatching(/^`bash -c trap.*` did not end within 0\.3 s and was stopped\./),
    });
    // A process that ignores SIGTERM is killed.
    expect(performance.now() - started).toBeLessThan(25_000);
  });

  it.each([
    ['more than 128 MiB', "for (;;) require('fs').writeSync(1, ('x'.repeat(999) + '\\n').repeat(1000))"],
    ['more than 8 MiB without a line break', "for (;;) require('fs').writeSync(1, 'x'.repeat(100_000))"],
  ])('stops a command that prints %s', async (what, script) => {
    await expect(node(script)).rejects.toThrow(`printed ${what} and was stopped.`);
  });

  it('accepts a long error', async () => {
    const script = "process.stderr.write('e\\n'.repeat(500_000)); process.exitCode = 1";
    await expect(node(script)).rejects.toMatchObject({ exitCode: 1 });
  });

  describe('with onLine', () => {
    const linesOf = async (script: string): Promise<string[]> => {
      const lines: string[] = [];
      await node(script, { onLine: line => void lines.push(line) });
      return lines;
    };

    it('accepts LF, CR LF, and CR as line ends, also if the pipe split them', async () => {
      const parts = ['a\\r', '\\nb\\rc\\n', '\\nd\\r', 'e'];
      const writes = parts.map(
        (part, at) => `setTimeout(() => process.stdout.write('${part}'), ${at * 60});`,
      );
      expect(await linesOf(writes.join('\n'))).toEqual(['a', 'b', 'c', '', 'd', 'e']);
    });

    it('joins characters that the pipe split', async () => {
      const script = `const b = Buffer.from('aü😀\\n'); [...b].forEach((byte, at) => setTimeout(() => process.stdout.write(Buffer.from([byte])), at * 20))`;
      expect(await linesOf(script)).toEqual(['aü😀']);
    });

    it('cuts an endless line, and passes on the next one', async () => {
      const script =
        "for (let i = 0; i < 320; i++) require('fs').writeSync(1, 'x'.repeat(256 * 1024)); console.log('\\nlate')";
      const lines = await linesOf(script);
      expect(lines.map(line => line.length)).toEqual([256 * 1024, 4]);
    });

    it('ends although another process keeps the output open', async () => {
      const started = performance.now();
      await runCommand('bash', ['-c', 'sleep 60 & echo done'], { onLine: () => {} });
      expect(performance.now() - started).toBeLessThan(40_000);
    });

    it('reports a program that is not on PATH, with and without onLine', async () => {
      for (const options of [{}, { onLine: () => {} }])
        await expect(runCommand('no-such-program', [], options)).rejects.toThrow(
          'Unable to locate executable file: no-such-program',
        );
    });
  });

  it('ends the command when the signal is aborted, with its reason', async () => {
    const stop = new AbortController();
    let pid = 0;
    const following = node('console.log(process.pid); setInterval(() => {}, 1000)', {
      signal: stop.signal,
      onLine: line => {
        pid = Number(line);
        stop.abort(new Error('seen enough'));
      },
    });
    await expect(following).rejects.toThrow('seen enough');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('ends a command that is still being started when the signal is aborted', async () => {
    const stop = new AbortController();
    const starting = node('setInterval(() => {}, 1000)', { signal: stop.signal });
    stop.abort(new Error('too soon'));
    await expect(starting).rejects.toThrow('too soon');
  });

  it('starts nothing once it is aborted', async () => {
    await expect(node('', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
  });

  /** Runs a script in a separate process, with runCommand, listenForSignals, and say. */
  const inProcess = (script: string): string[] => {
    const modules = `
      import { listenForSignals } from ${JSON.stringify(new URL('./interruption.ts', import.meta.url).href)};
      import { runCommand } from ${JSON.stringify(new URL('./command.ts', import.meta.url).href)};
      const say = text => console.log(text);
      listenForSignals();
    `;
    const args = ['--input-type=module', '--eval', modules + script];
    return execFileSync(process.execPath, args, { encoding: 'utf8', cwd: import.meta.dirname })
      .trim()
      .split('\n');
  };
  const cancelled = 'The step was cancelled (SIGINT).';

  it('passes a signal on to the command, and then starts only commands with lastWord', () => {
    const output = inProcess(`
      const child = "process.on('SIGINT', () => { console.log('told'); process.exit(0) }); console.log('up'); setInterval(() => {}, 1000)";
      await runCommand(process.execPath, ['-e', child], { onLine: line => { say(line); if (line === 'up') process.kill(process.pid, 'SIGINT'); } })
        .catch(error => say(error.message + ' ' + error.cutOff.length));
      await runCommand(process.execPath, ['-p', '1']).catch(error => say(error.message + ' ' + error.cutOff.length));
      say((await runCommand(process.execPath, ['-p', '"last word"'], { lastWord: true })).stdout.trim());
    `);
    expect(output).toEqual(['up', 'told', `${cancelled} 1`, `${cancelled} 1`, 'last word']);
  });

  it('passes a second signal on to a command that ignored the first, also behind a shell', () => {
    const output = inProcess(`
      const child = "process.on('SIGINT', () => console.log('not yet')); process.on('SIGTERM', () => { console.log('told'); process.exit(1) }); console.log('up'); setInterval(() => {}, 1000)";
      const next = { up: 'SIGINT', 'not yet': 'SIGTERM' };
      await runCommand('bash', ['-c', '"$0" -e "$1"; exit $?', process.execPath, child], { onLine: line => { say(line); if (next[line]) process.kill(process.pid, next[line]); } })
        .catch(error => say(error.message + ' ' + error.cutOff.map(([tool]) => tool)));
    `);
    expect(output).toEqual(['up', 'not yet', 'told', `${cancelled} bash`]);
  });

  it('keeps commands that run at the same time apart', async () => {
    const stop = new AbortController();
    const [one, two] = [
      node('setInterval(() => {}, 1000)', { signal: stop.signal }),
      node("setTimeout(() => console.log('two'), 300)"),
    ];
    one.catch(() => {});
    await wait(100);
    stop.abort(new Error('only one'));
    await expect(one).rejects.toThrow('only one');
    expect((await two).stdout).toBe('two\n');
  });
});

describe('commandEnvironment', () => {
  it('removes inputs, state, and the tokens of the runner', () => {
    const environment = {
      PATH: '/bin',
      'INPUT_SECRET-VALUE': 's',
      STATE_x: 's',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 's',
      HTTPS_PROXY: 'p',
      GONE: undefined,
    };
    expect(commandEnvironment(environment)).toEqual({ PATH: '/bin', HTTPS_PROXY: 'p' });
  });
});
