// node read-figures.js FOLDER
// Reads the reports of the jobs Lab and Delete from the artifacts in FOLDER, for the job Report. GitHub documents the
// outputs of a called workflow only for jobs that succeed.
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const { GITHUB_OUTPUT = '', GITHUB_RUN_ID = '', GITHUB_RUN_ATTEMPT = '' } = process.env;
const folder = process.argv[2] ?? '';

/** Ignores reports of earlier attempts. */
function readReport(prefix) {
  const artifacts = existsSync(folder) ? readdirSync(folder).filter(name => name.startsWith(prefix)) : [];
  for (const name of artifacts) {
    const file = join(folder, name, 'report.json');
    if (!existsSync(file) || !lstatSync(file).isFile()) continue;
    try {
      const found = JSON.parse(readFileSync(file, 'utf8'));
      if (found.run?.id === GITHUB_RUN_ID && found.run?.attempt === GITHUB_RUN_ATTEMPT) return found;
    } catch {
      console.log(`Ignored "${file}": it is not JSON.`);
    }
  }
  return {};
}

function setOutput(name, value) {
  const end = randomUUID();
  appendFileSync(GITHUB_OUTPUT, `${name}<<${end}\n${value}\n${end}\n`);
}

const lab = readReport('lab-');
const deletion = readReport('deletion-');
setOutput('verified', lab.verdict === 'verified');
setOutput('diagnosis', lab.diagnosis ?? '');
setOutput('deleted', deletion.verdict === 'deleted');
setOutput('deletion-diagnosis', deletion.diagnosis ?? '');
console.log(
  `Reports of this attempt: lab ${lab.verdict ?? 'missing'}, deletion ${deletion.verdict ?? 'missing'}.`,
);
