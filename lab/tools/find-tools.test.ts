import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../workflow/testing.ts';
import { installedAz, pinnedAz } from './install-az.ts';
import { findTools, isOlder, minimumAz } from './find-tools.ts';
import { which } from './find-program.ts';

const az = (version: string) => `#!/bin/sh\necho '{"azure-cli": "${version}"}'\n`;
const ok = '#!/bin/sh\n';

// A Python that makes an environment whose pip either works or does not: the real ones take minutes.
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
${az(pinnedAz)}AZ
    chmod +x "$3/bin/python" "$3/bin/az" ;;
esac
`;
const worksPip = "echo 'Collecting a'; echo 'Collecting b'; echo 'Installing collected packages: a, b'";

/** A PATH with these programs and what scripts need, and an empty directory for az. */
async function machine(
  programs: Record<string, string>,
): Promise<{ path: string; azDirectory: string; told: string[] }> {
  const root = await repository({});
  const bin = join(root, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(bin, name), script, { mode: 0o755 });
  symlinkSync(which('bash')!, join(bin, 'bash'));
  return { path: bin, azDirectory: join(root, 'az'), told: [] };
}

const find = ({ path, azDirectory, told }: Awaited<ReturnType<typeof machine>>) =>
  findTools({ path, azDirectory, progress: line => told.push(line) });

describe('az', () => {
  it('on PATH is taken where it is recent enough', async () => {
    const here = await machine({ kubectl: ok, az: az(minimumAz) });
    expect(await find(here)).toEqual({
      az: join(here.path, 'az'),
      azVersion: minimumAz,
      kubectl: join(here.path, 'kubectl'),
    });
    expect(here.told).toEqual([]);
  });

  it('is recent enough for the actions, too', () => {
    expect(readFileSync('actions/shared/preflight.ts', 'utf8')).toContain(`az: { oldest: '${minimumAz}'`);
  });

  it.each([
    ['missing', {}, /az is not on PATH/],
    ['too old', { az: az('2.45.0') }, /is 2\.45\.0; the lab needs 2\.74\.0/],
    ['broken', { az: '#!/bin/sh\nexit 1\n' }, /is not working/],
  ])('that is %s is installed, visibly, once', async (_what, programs: Record<string, string>, message) => {
    const here = await machine({ kubectl: ok, python3: python('3 11', worksPip), ...programs });
    expect(await find(here)).toMatchObject({ az: join(here.azDirectory, 'bin', 'az'), azVersion: pinnedAz });
    expect(here.told[0]).toMatch(message);
    expect(here.told[1]).toMatch(/Installing the Azure CLI/);
    expect(here.told.at(-1)).toMatch(/Installed the Azure CLI/);

    const again = { ...here, told: [] as string[] };
    await find(again);
    expect(again.told).toEqual([]);
  });

  it('is installed anew after an installation that did not end', async () => {
    const here = await machine({ kubectl: ok, python3: python('3 11', worksPip) });
    mkdirSync(join(here.azDirectory, 'bin'), { recursive: true });
    writeFileSync(join(here.azDirectory, 'bin', 'az'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    writeFileSync(join(here.azDirectory, 'half-written'), '');
    expect(installedAz(here.azDirectory)).toBeUndefined();
    await find(here);
    expect(existsSync(join(here.azDirectory, 'half-written'))).toBe(false);
    expect(installedAz(here.azDirectory)).toBe(join(here.azDirectory, 'bin', 'az'));
  });

  it('is installed by one of two that need it at once', async () => {
    const here = await machine({ kubectl: ok, python3: python('3 11', worksPip) });
    const other = { ...here, told: [] as string[] };
    await Promise.all([find(here), find(other)]);
    const installations = [...here.told, ...other.told].filter(line => line.startsWith('Installed'));
    expect(installations).toHaveLength(1);
  });

  it('that cannot be installed is told with the end of what pip said', async () => {
    const pip = "echo 'No matching distribution' >&2; exit 1";
    const here = await machine({ kubectl: ok, python3: python('3 11', pip) });
    await expect(find(here)).rejects.toThrow(/No matching distribution/);
    expect(installedAz(here.azDirectory)).toBeUndefined();
  });
});

describe('what is missing is said, with what to do', () => {
  it.each([
    ['kubectl', {}, /kubectl is not on PATH.*kubernetes\.io/],
    ['Python', { kubectl: ok }, /Python 3\.10 or newer is needed.*apt install python3/],
    ['a newer Python', { kubectl: ok, python3: python('3 9', '') }, /python3 is 3\.9/],
    [
      'venv',
      { kubectl: ok, python3: '#!/bin/sh\ncase "$2" in *version*) echo 3 12;; *) exit 1;; esac' },
      /apt install python3-venv/,
    ],
  ])('%s', async (_what, programs: Record<string, string>, message) => {
    await expect(find(await machine(programs))).rejects.toThrow(message);
  });
});

it.each([
  ['2.60.9', true],
  ['2.61.0', false],
  ['2.61', false],
  ['2.100.0', false],
  ['3.0', false],
])('%s is older than 2.61.0: %s', (version, expected) => {
  expect(isOlder(version, '2.61.0')).toBe(expected);
});
