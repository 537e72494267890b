// Reads what the jobs Lab and Delete of this attempt have written down, for where their outputs do not reach the job Report:
// GitHub documents outputs of a called workflow for jobs that succeed, and nothing for one that failed.
// node read-figures.js FOLDER: FOLDER holds the run's artifacts, each in a folder of its name.
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { GITHUB_OUTPUT = '', GITHUB_RUN_ID = '', GITHUB_RUN_ATTEMPT = '' } = process.env;
const folder = process.argv[2] ?? '';

/** The report of the artifact with this prefix; an older attempt's says nothing about this one. */
function report(prefix) {
  const artifacts = existsSync(folder) ? readdirSync(folder).filter(name => name.startsWith(prefix)) : [];
  for (const name of artifacts) {
    const file = join(folder, name, 'report.json');
    if (!existsSync(file) || !lstatSync(file).isFile()) continue;
    try {
      const found = JSON.parse(readFileSync(file, 'utf8'));
      if (found.run?.id === GITHUB_RUN_ID && found.run?.attempt === GITHUB_RUN_ATTEMPT) return found;
    } catch {
      console.log(`${file} is not JSON: it counts as missing.`);
    }
  }
  return {};
}

function output(name, value) {
  const end = randomUUID();
  appendFileSync(GITHUB_OUTPUT, `${name}<<${end}\n${value}\n${end}\n`);
}

const lab = report('lab-');
const deletion = report('deletion-');
output('verified', lab.verdict === 'verified');
output('diagnosis', lab.diagnosis ?? '');
output('deleted', deletion.verdict === 'deleted');
output('deletion-diagnosis', deletion.diagnosis ?? '');
console.log(
  `Figures of this attempt: lab ${lab.verdict ?? 'missing'}, deletion ${deletion.verdict ?? 'missing'}.`,
);
