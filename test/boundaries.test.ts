import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const foundation = [
  'azure-clouds',
  'child-processes',
  'http',
  'latency',
  'network',
  'oci',
  'pki',
  'timestamps',
];

/**
 * From left to right: each room knows only rooms to its left. A room is a folder, or a file of
 * `emulator/` itself.
 */
const emulatorRooms: Readonly<Record<string, readonly string[]>> = {
  'azure-clouds': [],
  'child-processes': [],
  http: [],
  latency: [],
  network: [],
  oci: [],
  pki: [],
  timestamps: [],
  proxy: ['azure-clouds', 'http', 'pki'],
  entra: foundation,
  arm: [...foundation, 'entra'],
  'key-vault': [...foundation, 'entra', 'arm'],
  registry: [...foundation, 'entra', 'arm'],
  github: foundation,
  kubernetes: [...foundation, 'entra'],
  aks: [...foundation, 'entra', 'arm', 'kubernetes'],
};

/** These files know every room, and no room knows them. */
const assembly = ['context', 'control', 'control-routes', 'emulator', 'main', 'seed', 'transient-failures'];

/** Imports of each room beside its own files. Test files of the emulator know all of it. */
const rules: Readonly<Record<string, readonly string[]>> = {
  actions: ['actions/shared'],
  'actions/*': ['actions/shared'],
  app: [],
  bench: ['emulator/*', 'test'],
  cli: ['package.json'],
  lab: ['actions/shared', 'cli'],
  setup: ['actions/shared', 'cli'],
  test: ['actions/shared', 'emulator/*', 'lab'],
  ...Object.fromEntries(
    Object.entries(emulatorRooms).map(([room, known]) => [
      `emulator/${room}`,
      known.map(each => `emulator/${each}`),
    ]),
  ),
  'emulator/assembly': ['emulator/*'],
  'emulator/tests': ['emulator/*'],
};

function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'actions' && !second.includes('.')) return `actions/${second}`;
  if (top !== 'emulator') return top;
  if (/\.test\.ts$|\/test-[^/]*$|^emulator\/testing\//.test(path)) {
    return 'emulator/tests';
  }
  const name = second.replace(/\.ts$/, '');
  return assembly.includes(name) ? 'emulator/assembly' : `emulator/${name}`;
}

/** A room without a rule imports nothing. */
function crossings(imports: readonly (readonly [file: string, target: string])[]): string[] {
  return imports
    .filter(([file, target]) => {
      const from = roomOf(file);
      const to = roomOf(target);
      const allowed = rules[from] ?? rules[from.replace(/\/.*/, '/*')] ?? [];
      return from !== to && !allowed.includes(to) && !allowed.includes(to.replace(/\/.*/, '/*'));
    })
    .map(([file, target]) => `${file} imports ${target}`);
}

function importsOf(file: string): [file: string, target: string][] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map(match => [
    file,
    normalize(join(dirname(file), match[1]!)),
  ]);
}

const files = globSync('{actions,app,bench,cli,emulator,lab,setup,test}/**/*.ts', {
  exclude: path => path === 'dist' || path === 'node_modules',
});

test('finds files and imports', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.flatMap(importsOf).length).toBeGreaterThan(1000);
});

test('no file imports across the boundaries', () => {
  expect(crossings(files.flatMap(importsOf))).toEqual([]);
});

test('the rooms of the emulator know only rooms to their left', () => {
  const rooms = Object.keys(emulatorRooms);
  const rightward = rooms.flatMap((room, index) =>
    emulatorRooms[room]!.filter(known => !rooms.slice(0, index).includes(known)).map(known => [room, known]),
  );
  expect(rightward).toEqual([]);
});

test('every file of the emulator is in a room', () => {
  const rooms = new Set(files.filter(file => file.startsWith('emulator/')).map(roomOf));
  expect([...rooms].filter(room => !(room in rules))).toEqual([]);
});

test.each([
  ['actions/setup-vault/inputs.ts', 'actions/create-cluster/inputs.ts'],
  ['actions/shared/az.ts', 'actions/setup-vault/inputs.ts'],
  ['actions/shared/az.ts', 'emulator/http/json.ts'],
  ['app/main.ts', 'actions/shared/az.ts'],
  ['lab/main.ts', 'emulator/emulator.ts'],
  ['setup/main.ts', 'lab/main.ts'],
  ['test/smoke.test.ts', 'setup/main.ts'],
  ['emulator/main.ts', 'actions/shared/az.ts'],
  ['emulator/http/router.ts', 'emulator/arm/errors.ts'],
  ['emulator/proxy/proxy.ts', 'emulator/entra/errors.ts'],
  ['emulator/entra/tokens.ts', 'emulator/arm/index.ts'],
  ['emulator/arm/index.ts', 'emulator/aks/index.ts'],
  ['emulator/kubernetes/cluster.ts', 'emulator/registry/images.ts'],
  ['emulator/key-vault/index.ts', 'emulator/context.ts'],
  ['emulator/key-vault/index.ts', 'emulator/testing/test-context.ts'],
  ['emulator/unknown-room/index.ts', 'emulator/http/json.ts'],
])('reports that %s is not allowed to import %s', (file, target) => {
  expect(crossings([[file, target]])).toEqual([`${file} imports ${target}`]);
});

test.each([
  ['actions/setup-vault/inputs.ts', 'actions/shared/az.ts'],
  ['emulator/aks/index.ts', 'emulator/kubernetes/cluster.ts'],
  ['emulator/key-vault/index.ts', 'emulator/arm/provider.ts'],
  ['emulator/emulator.ts', 'emulator/arm/index.ts'],
  ['emulator/arm/locks.test.ts', 'emulator/testing/test-arm.ts'],
  ['test/lab.test.ts', 'emulator/emulator.ts'],
])('%s is allowed to import %s', (file, target) => {
  expect(crossings([[file, target]])).toEqual([]);
});
