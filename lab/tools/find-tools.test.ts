import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepository } from '../workflow/testing.ts';
import { findProgram } from './find-program.ts';
import { findTools, MINIMUM_AZ } from './find-tools.ts';
import { findInstalledAz, PINNED_AZ } from './install-az.ts';

const az = (version: string) => `#!/bin/sh\necho '{"azure-cli": "${version}"}'\n`;
const ok = '#!/bin/sh\n';

// The real one takes minutes.
const python = (version: string, pip: string) => `#!/bin/sh
case "$2" in
  *version_info*) echo ${version} ;;
  venv)
    mkdir -p "$3/bin"
    cat > "$3/bin/python" <<'PIP'
#!/bin/sh
${pip}
PIP
    cat > "$3/bin/az" <<'AZ'
${az(PINNED_AZ)}AZ
    chmod +x "$3/bin/python" "$3/bin/az" ;;
esac
`;
const worksPip = "echo 'Collecting a'; echo 'Collecting b'; echo 'Installing collected packages: a, b'";

async function createMachine(
  programs: Record<string, string>,
): Promise<{ path: string; azDirectory: string; lines: string[] }> {
  const root = await createRepository({});
  const bin = join(root, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(bin, name), script, { mode: 0o755 });
  symlinkSync(findProgram('bash')!, join(bin, 'bash'));
  return { path: bin, azDirectory: join(root, 'az'), lines: [] };
}

const find = ({ path, azDirectory, lines }: Awaited<ReturnType<typeof createMachine>>) =>
  findTools({ path, azDirectory, progress: line => lines.push(line) });

describe('az', () => {
  it('on PATH is used if it is recent enough', async () => {
    const here = await createMachine({ kubectl: ok, az: az(MINIMUM_AZ) });
    expect(await find(here)).toEqual({
      az: join(here.path, 'az'),
      azVersion: MINIMUM_AZ,
      kubectl: join(here.path, 'kubectl'),
    });
    expect(here.lines).toEqual([]);
  });

  it('has the same minimum version as in the actions', () => {
    expect(readFileSync('actions/shared/preflight.ts', 'utf8')).toContain(`az: { oldest: '${MINIMUM_AZ}'`);
  });

  it.each([
    ['missing', {}, /az is not on PATH/],
    ['too old', { az: az('2.45.0') }, /has version "2\.45\.0"\. Version 2\.74\.0 or later is needed/],
    ['broken', { az: '#!/bin/sh\nexit 1\n' }, /does not work/],
  ])(
    'that is %s is installed once, with a message',
    async (_what, programs: Record<string, string>, message) => {
      const here = await createMachine({ kubectl: ok, python3: python('3 11', worksPip), ...programs });
      expect(await find(here)).toMatchObject({
        az: join(here.azDirectory, 'bin', 'az'),
        azVersion: PINNED_AZ,
      });
      expect(here.lines[0]).toMatch(message);
      expect(here.lines[1]).toMatch(/Installing the Azure CLI/);
      expect(here.lines.at(-1)).toMatch(/Installed the Azure CLI/);

      const again = { ...here, lines: [] as string[] };
      await find(again);
      expect(again.lines).toEqual([]);
    },
  );

  it('is reinstalled after an interrupted installation', async () => {
    const here = await createMachine({ kubectl: ok, python3: python('3 11', worksPip) });
    mkdirSync(join(here.azDirectory, 'bin'), { recursive: true });
    writeFileSync(join(here.azDirectory, 'bin', 'az'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    writeFileSync(join(here.azDirectory, 'half-written'), '');
    expect(findInstalledAz(here.azDirectory)).toBeUndefined();
    await find(here);
    expect(existsSync(join(here.azDirectory, 'half-written'))).toBe(false);
    expect(findInstalledAz(here.azDirectory)).toBe(join(here.azDirectory, 'bin', 'az'));
  });

  it('is installed by one of two parallel processes', async () => {
    const here = await createMachine({ kubectl: ok, python3: python('3 11', worksPip) });
    const other = { ...here, lines: [] as string[] };
    await Promise.all([find(here), find(other)]);
    const installations = [...here.lines, ...other.lines].filter(line => line.startsWith('Installed'));
    expect(installations).toHaveLength(1);
  });

  it('reports the end of pip’s output if the installation fails', async () => {
    const pip = "echo 'No matching distribution' >&2; exit 1";
    const here = await createMachine({ kubectl: ok, python3: python('3 11', pip) });
    await expect(find(here)).rejects.toThrow(/No matching distribution/);
    expect(findInstalledAz(here.azDirectory)).toBeUndefined();
  });
});

describe('reports a missing program with the fix', () => {
  it.each([
    ['kubectl', {}, /kubectl is not on PATH.*kubernetes\.io/],
    ['Python', { kubectl: ok }, /Python 3\.10 or later is needed.*apt install python3/s],
    ['a newer Python', { kubectl: ok, python3: python('3 9', '') }, /python3" is 3\.9/],
    [
      'venv',
      { kubectl: ok, python3: '#!/bin/sh\ncase "$2" in *version*) echo 3 12;; *) exit 1;; esac' },
      /apt install python3-venv/,
    ],
  ])('%s', async (_what, programs: Record<string, string>, message) => {
    await expect(find(await createMachine(programs))).rejects.toThrow(message);
  });
});
