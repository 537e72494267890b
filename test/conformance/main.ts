import { requireBinaries } from '../../emulator/kubernetes/kube-apiserver/binaries.ts';
import { kubeApiserver } from '../../emulator/kubernetes/kube-apiserver/control-plane.ts';
import { binaryDirectories } from '../../emulator/testing/kubernetes/binary-directories.ts';
import { startTestCluster } from '../../emulator/testing/kubernetes/test-cluster.ts';
import { rows } from './commands.ts';
import { compare, expected, type Result } from './compare.ts';

/** Compares the embedded API server with a real one, row by row, and prints the report. */
async function main(): Promise<void> {
  const binaries = requireBinaries(binaryDirectories);
  const embedded = await startTestCluster({ kubernetesVersion: '1.35.4' });
  const real = await startTestCluster({ kubernetesVersion: '1.35.4' }, kubeApiserver(binaries));
  try {
    const results = await compare(rows, embedded, real, report);
    const wrong = results.filter(result => !expected(result));
    const known = results.filter(result => expected(result) && !result.same);
    console.log(
      `\n${results.length} rows: ${results.length - wrong.length - known.length} the same, ${known.length} differ as the table says, ${wrong.length} do not come out as the table says.`,
    );
    process.exitCode = wrong.length > 0 ? 1 : 0;
  } finally {
    await Promise.all([embedded.stop(), real.stop()]);
  }
}

function report(result: Result): void {
  const { row, same, difference } = result;
  if (expected(result)) {
    console.log(`${same ? '✓' : '~'} ${row.command}${same ? '' : `\n    differs: ${row.differs?.why}`}`);
    return;
  }
  console.log(`✗ ${row.command}${row.input === undefined ? '' : ` < ${JSON.stringify(row.input)}`}`);
  console.log(
    same ? '    is said to differ, and does not' : difference.map(line => `    ${line}`).join('\n'),
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
