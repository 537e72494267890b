// Plain JavaScript, so that an older Node, which cannot read TypeScript, can still say what is missing.
const needed = 24;
const found = Number(process.versions.node.split('.')[0]);
if (found < needed) {
  console.error(
    `The lab needs Node ${needed} or newer; this is ${process.version}. 'npm ci' brings one along for 'npm run lab' on Linux; elsewhere: https://nodejs.org`,
  );
  process.exit(2);
}

// Loaded only now: what follows does not start on an older Node.
const { run } = await import('./cli.ts');
process.exitCode = await run(process.argv.slice(2));
