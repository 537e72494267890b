import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const shells: Readonly<Record<string, { file: string; args: readonly string[]; extension: string }>> = {
  '': { file: 'bash', args: ['-e'], extension: 'sh' },
  bash: { file: 'bash', args: ['--noprofile', '--norc', '-eo', 'pipefail'], extension: 'sh' },
  sh: { file: 'sh', args: ['-e'], extension: 'sh' },
  python: { file: 'python', args: [], extension: 'py' },
};

/** The shells that `shell:` may name. */
export const shellNames = Object.keys(shells).filter(name => name !== '');

/**
 * Writes a step's script into RUNNER_TEMP and says how to run it.
 * @param shell empty: the runner's default
 * @throws Error for a shell that the lab does not implement
 */
export async function scriptCommand(
  script: string,
  shell: string,
  runnerTemp: string,
): Promise<{ file: string; args: string[] }> {
  const found = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (!found) {
    throw new Error(
      `The lab does not implement the shell '${shell}'. It implements: ${shellNames.join(', ')}`,
    );
  }
  const path = join(runnerTemp, `${randomUUID()}.${found.extension}`);
  await writeFile(path, script, { mode: 0o600 });
  return { file: found.file, args: [...found.args, path] };
}
