import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Who may know whom: the first folder that a file lies in, and the folders whose files it may import beside its own.
 * Actions know only themselves and actions/shared, which the set-up knows too; the emulator and the client know nobody; what measures the emulator knows it.
 */
const allowed: Record<string, readonly string[]> = {
  actions: [],
  app: [],
  bench: ['emulator'],
  emulator: [],
  lab: [],
  setup: ['actions/shared'],
  test: ['lab', 'emulator', 'actions/shared'],
};

/** `actions/create-cluster/index.ts` lies in the room `actions/create-cluster`; anything else in its top folder. */
function room(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'actions' && second.includes('.') === false ? `${top}/${second}` : top;
}

function imports(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map(match =>
    normalize(join(dirname(file), match[1]!)),
  );
}

const files = globSync('{actions,app,bench,emulator,lab,setup,test}/**/*.ts', {
  exclude: path => path === 'dist' || path === 'node_modules',
});

test('there are files to look at', () => {
  expect(files.length).toBeGreaterThan(50);
});

test('nothing imports across the boundaries', () => {
  const crossings = files.flatMap(file =>
    imports(file)
      .filter(target => {
        const from = room(file);
        const to = room(target);
        if (from === to || (from.startsWith('actions') && to === 'actions/shared')) return false;
        return !(allowed[from.split('/')[0]!] ?? []).includes(to);
      })
      .map(target => `${file} imports ${target}`),
  );
  expect(crossings).toEqual([]);
});
