// Reads `watch GROUP`, `forget GROUP`, and `end` from standard input.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [directory = ''] = process.argv.slice(2);
const groups = new Set<number>();
let hasEnded = false;

for await (const line of createInterface({ input: process.stdin })) {
  const [word, group] = line.split(' ');
  if (word === 'watch') groups.add(Number(group));
  if (word === 'forget') groups.delete(Number(group));
  if (word === 'end') hasEnded = true;
}

if (!hasEnded) {
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // The group has ended.
    }
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
