import { requireBinaries } from '../../emulator/kubernetes/kube-apiserver/binaries.ts';
import { kubeApiserverControlPlane } from '../../emulator/kubernetes/kube-apiserver/start.ts';
import { binaryDirectories } from '../../emulator/testing/kubernetes/binary-directories.ts';
import { startTestCluster } from '../../emulator/testing/kubernetes/test-cluster.ts';
import { commands } from './commands.ts';
import { compare, isExpected, type Result } from './compare.ts';

async function main(): Promise<void> {
  const binaries = requireBinaries(binaryDirectories);
  const embedded = await startTestCluster({ kubernetesVersion: '1.35.4' });
  const real = await startTestCluster({ kubernetesVersion: '1.35.4' }, kubeApiserverControlPlane(binaries));
  try {
    const results = await compare(commands, embedded, real, report);
    const unexpected = results.filter(result => !isExpected(result));
    const known = results.filter(result => isExpected(result) && !result.same);
    console.log(
      `\n${results.length} commands: ${results.length - unexpected.length - known.length} same, ${known.length} known differences, ${unexpected.length} unexpected results.`,
    );
    process.exitCode = unexpected.length > 0 ? 1 : 0;
  } finally {
    await Promise.all([embedded.stop(), real.stop()]);
  }
}

function report(result: Result): void {
  const { command, same, difference } = result;
  if (isExpected(result)) {
    console.log(`${same ? '✓' : '~'} ${command.text}${same ? '' : `\n    differs: ${command.differs?.why}`}`);
    return;
  }
  console.log(`✗ ${command.text}${command.input === undefined ? '' : ` < ${JSON.stringify(command.input)}`}`);
  console.log(
    same
      ? '    declares a difference, but the answers are the same'
      : difference.map(line => `    ${line}`).join('\n'),
  );
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
