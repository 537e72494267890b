// The workspace is the repository already, as it is on disk. What would need another one is refused.
const { env } = process;
const asked: [string, string | undefined, string | undefined][] = [
  ['repository', env.INPUT_REPOSITORY, env.GITHUB_REPOSITORY],
  ['ref', env.INPUT_REF, env.GITHUB_SHA],
];

for (const [name, wanted, present] of asked) {
  if (wanted && wanted !== present) {
    console.log(`::error::The lab can only check out what it runs in: ${name} ${present}, not ${wanted}.`);
    process.exitCode = 1;
  }
}
if (!process.exitCode) console.log(`The workspace is ${env.GITHUB_WORKSPACE}, as it is on disk.`);
