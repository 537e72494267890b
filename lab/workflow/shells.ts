import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '../../actions/shared/quote.ts';

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const shells: Readonly<Record<string, { file: string; args: readonly string[]; extension: string }>> = {
  '': { file: 'bash', args: ['-e'], extension: 'sh' },
  bash: { file: 'bash', args: ['--noprofile', '--norc', '-eo', 'pipefail'], extension: 'sh' },
  sh: { file: 'sh', args: ['-e'], extension: 'sh' },
  python: { file: 'python', args: [], extension: 'py' },
};

export const shellNames = Object.keys(shells).filter(name => name !== '');

/**
 * @param shell empty for the runner's default
 * @throws Error if the shell is not supported
 */
export async function scriptCommand(
  script: string,
  shell: string,
  runnerTemp: string,
): Promise<{ file: string; args: string[] }> {
  const found = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
  if (!found) {
    throw new Error(
      `wilab does not support the shell ${quote(shell)}. It supports ${shellNames.join(', ')}.`,
    );
  }
  const path = join(runnerTemp, `${randomUUID()}.${found.extension}`);
  await writeFile(path, script, { mode: 0o600 });
  return { file: found.file, args: [...found.args, path] };
}
