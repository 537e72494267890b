import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

// npm run build              writes what the runner and the image start: a bundle for each action, and one for the client.
// npm run build -- NAME …    writes only these: names of actions, or app.
// npm run build -- --check   builds the same without writing it, and fails if what stands there differs; then starts each.

const root = import.meta.dirname;
const require = createRequire(import.meta.url);
const run = promisify(execFile);

interface Bundle {
  /** The compiled entry file. */
  readonly entry: string;
  /** Where the bundle stands. */
  readonly folder: string;
  /** Name of the bundle inside its folder. */
  readonly file: string;
  readonly minify: boolean;
  /** What it says, and exits with 1, when it is started with nothing right: proof that every module of it loads. */
  readonly complaint: RegExp;
}

const actions: Bundle[] = globSync('actions/*/action.yml', { cwd: root })
  .map(dirname)
  .sort()
  .map(folder => ({
    entry: `build/${folder}/index.js`,
    folder: `${folder}/dist`,
    file: 'index.js',
    minify: false, // it is read in reviews
    complaint: /^::error::.* is (required|not a GUID)/m,
  }));

const client: Bundle = {
  entry: 'build/app/main.js',
  folder: 'app/dist',
  file: 'main.js',
  minify: true, // it is pulled and started on every node
  complaint: /^KEY_VAULT_NAME is not set/m,
};

/** A bundle's files, by name. */
type Files = ReadonlyMap<string, Buffer>;

/** Compiles the TypeScript of these bundles, and of all that they import, into build/. */
async function compile(bundles: readonly Bundle[]): Promise<void> {
  await rm(join(root, 'build'), { recursive: true, force: true });
  await mkdir(join(root, 'build'));
  const entries = bundles.map(({ entry }) =>
    join('..', entry.replace(/^build\//, '').replace(/\.js$/, '.ts')),
  );
  const config = {
    extends: '../tsconfig.json',
    compilerOptions: { noEmit: false, outDir: '.', rootDir: '..' },
    files: entries,
    include: [],
    exclude: [],
  };
  await writeFile(join(root, 'build/tsconfig.json'), JSON.stringify(config));
  // Its diagnostics go to standard output.
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'build'], {
    cwd: root,
  }).catch(error => {
    throw new Error(`The compiler refuses it:\n${error.stdout}`);
  });
}

type Ncc = (
  entry: string,
  options: object,
) => Promise<{ code: string; assets: Record<string, { source: string | Buffer }> }>;

/**
 * Puts an entry file and all it imports into one file.
 * @throws Error when a module is missing (ncc itself would leave that to run time) or the bundle has a second file
 */
async function bundle({ entry, file, minify }: Bundle): Promise<Files> {
  const ncc: Ncc = require('@vercel/ncc');
  const { code, assets } = await ncc(join(root, entry), {
    minify,
    cache: false,
    quiet: true,
    license: 'licenses.txt',
    // @azure/identity loads `open` on demand, to start a browser for a person who logs in. That never happens here,
    // and it would be a second file, which also keeps ncc from listing every licence. A module of Node stands in.
    externals: { open: 'node:process' },
  });
  if (code.includes('webpackMissingModule'))
    throw new Error(`${entry}: a module that it imports was not found.`);

  const files = new Map<string, Buffer>([[file, Buffer.from(code)]]);
  for (const [name, { source }] of Object.entries(assets)) files.set(name, Buffer.from(source));
  files.set('package.json', Buffer.from('{"type":"module"}\n'));
  const unexpected = [...files.keys()].filter(name => ![file, 'package.json', 'licenses.txt'].includes(name));
  if (unexpected.length > 0)
    throw new Error(`${entry}: the bundle is not one file: ${unexpected.join(', ')}`);
  return files;
}

/** Replaces what stands in a bundle's folder. */
async function write({ folder }: Bundle, files: Files): Promise<void> {
  await rm(join(root, folder), { recursive: true, force: true });
  await mkdir(join(root, folder), { recursive: true });
  for (const [name, content] of files) await writeFile(join(root, folder, name), content);
}

/** What differs between a bundle just built and the one that stands there, one line each. */
async function differences({ folder }: Bundle, files: Files): Promise<string[]> {
  const standing = await readdir(join(root, folder)).catch((): string[] => []);
  const found = standing
    .filter(name => !files.has(name))
    .map(name => `${folder}/${name} should not be there`);
  for (const [name, content] of files) {
    if (!standing.includes(name)) found.push(`${folder}/${name} is missing`);
    else if (!content.equals(await readFile(join(root, folder, name))))
      found.push(`${folder}/${name} is out of date`);
  }
  return found;
}

/** Starts a bundle with nothing right; gives what is wrong with how it ends, or nothing. */
async function start({ folder, file, complaint }: Bundle): Promise<string[]> {
  const path = `${folder}/${file}`;
  const options = {
    cwd: root,
    env: { PATH: process.env.PATH, 'INPUT_SUBSCRIPTION-ID': 'x' },
    timeout: 60_000,
  };
  const end = await run(process.execPath, [path], options).catch(error => error);
  const output = `${end.stdout}${end.stderr}`;
  if (end.code === 1 && complaint.test(output)) return [];
  return [
    `${path}, started with nothing right, ended with ${end.code ?? end.signal ?? 0} and said:\n${output}`,
  ];
}

const names = process.argv.slice(2).filter(argument => argument !== '--check');
const check = process.argv.includes('--check');
const bundles = [...actions, client].filter(
  ({ folder }) => names.length === 0 || names.includes(dirname(folder).replace(/^actions\//, '')),
);
if (bundles.length < names.length) throw new Error(`There is no bundle for each of: ${names.join(', ')}`);
await compile(bundles);
const problems: string[] = [];
for (const each of bundles) {
  const files = await bundle(each);
  if (check) problems.push(...(await differences(each, files)));
  else await write(each, files);
  console.log(`${each.folder}/${each.file}: ${Math.round(files.get(each.file)!.length / 1024)} KiB`);
}
problems.push(...(await Promise.all(bundles.map(start))).flat());

if (problems.length > 0) {
  console.error(problems.join('\n'));
  if (check) console.error('Run `npm run build` and commit the result.');
  process.exitCode = 1;
}
