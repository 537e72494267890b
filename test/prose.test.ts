import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// Each rule has a sample that it must find, so that no rule is dead.

interface Rule {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly sample: string;
}

const rules: readonly Rule[] = [
  rule(/\bmay not\b/, '"is not allowed to" or "might not"', 'A token may not do this.'),
  rule(/\b(?:is|are|was|were|be|been|being) made\b(?! (?:of|up)\b)/, '"is created"', 'The vault is made.'),
  rule(/\banew\b|\bmake[sd]? (?:it |them )?again\b|\bmade again\b/, '"recreate"', 'The pod is made anew.'),
  rule(/\b(?:that|which|what) (?:is|are) (?:not )?there\b/, '"existing"', 'a vault that is there'),
  rule(
    /\b(?:is|are) not there\b|\bis there\b(?! (?:an?|any)\b)/,
    '"exists" or "does not exist"',
    'It is not there.',
  ),
  rule(
    /\b(?:is|are|was|were|be) tried again\b|\btr(?:y|ies) again for\b/,
    '"retry"',
    'A failure is tried again.',
  ),
  rule(
    /\b(?:failures?|errors?) that pass(?:es)?\b/,
    '"transient failure"',
    'a failure that passes by itself',
  ),
  rule(/\bmend(?:s|ed|ing)?\b|\bput(?:s|ting)? right\b/, '"fix"', 'Mend the role.'),
  rule(/\bguardrails?\b/, '"expected value"', 'A guardrail for the tenant.'),
  rule(/\b(?:is|are|was|were) told\b/, '"receives" or "is asked to"', 'The process is told.'),
  rule(/\bto be had\b/, '"available"', 'This size is not to be had.'),
  rule(/\bat once\b/, '"immediately" or "in one report"', 'All problems at once.'),
  rule(/\b(?:some|any|every)body else(?:'s)?\b|\bnobody else\b/, '"another owner"', "somebody else's vault"),
  rule(
    /\bof (?:its|their|his|our|your|one's) own\b/,
    '"its own", "separate", or nothing',
    'a folder of its own',
  ),
  rule(/\bspoil(?:s|t|ed|ing)?\b|\bodd(?:ly)?\b/, '"invalid"', 'an odd name'),
  rule(/\bstands\b(?! for\b)/, '"is" or "appears"', 'What stands in the file.'),
  rule(/\b(?:says?|tells?) of\b/, '"reports"', 'What az tells of it.'),
  rule(/\blook(?:s|ed|ing)? at\b/, '"read" or "check"', 'It looks at the pod.'),
  rule(/\brights\b|\b(?:pull|push|read|write|access) right\b/, '"permissions"', 'The pull right is missing.'),
  rule(/\bis not to be\b/, '"do not"', 'It is not to be deleted.'),
  rule(
    /\b(?:thereof|therein|wherein|whereof|whereby|hereby|whence|thence|hence|whilst|amongst|lest|upon)\b/,
    'a plain word',
    'the vault and the secrets therein',
  ),
  rule(
    /\b(?:behaviou?r(?<=our)s?|colours?|favou?r(?<=our)\w*|honou?r(?<=our)\w*|neighbours?|catalogues?|artefacts?|centre|licence|analyse[sd]?|(?:authori|initiali|normali|organi|recogni|seriali|summari|synchroni|minimi|optimi|customi|visuali)s(?:e[sdr]?|ing|ation)|label(?:l)(?:ed|ing)|modell(?:ed|ing)|unrecognised)\b/,
    'the American spelling',
    'the behaviour of an authorised caller',
  ),
  rule(
    /\bdescription: (?:Whether|For how)\b/,
    'the noun or the imperative first',
    'description: Whether it is new',
  ),
  rule(/(?<=\w[)"'`*]?) [–—] (?=\w|[`*"'(])/, 'a colon, or two sentences', 'a vault – it is new'),
  rule(/(?<=description:.*\w) - (?=\w)/, 'a colon, or two sentences', 'description: A vault - it is new.'),
];

function rule(pattern: RegExp, instead: string, sample: string): Rule {
  return { pattern: new RegExp(pattern.source, 'gi'), instead, sample };
}

/** Texts of Azure, Kubernetes, or GitHub. `text` identifies the line. */
const quoted: readonly { readonly file: RegExp; readonly text: RegExp }[] = [
  // A value of outputs that workflows compare.
  { file: /./, text: /\bpod-not-labelled\b/ },
  { file: /^emulator\/github\//, text: /Must have admin rights to Repository\./ },
  {
    file: /^emulator\/kubernetes\//,
    text: /may not (?:be (?:set|deleted|more|specified|0)|specify)|pod updates may not/,
  },
  { file: /^emulator\/entra\//, text: /AAD-issued tokens may not be used/ },
];

/** Records, generated files, and this list. */
const notOurs = /(?:^|\/)dist\/|\.(?:json|jsonl|svg|sum|lock)$|^LICENSE$|^test\/prose\.test\.ts$/;

function findings(name: string, content: string): string[] {
  return content
    .split('\n')
    .flatMap((line, index) =>
      rules.flatMap(({ pattern, instead }) =>
        [...line.matchAll(pattern)]
          .filter(() => !quoted.some(({ file, text }) => file.test(name) && text.test(line)))
          .map(([found]) => `${name}:${index + 1}: "${found}": write ${instead}`),
      ),
    );
}

/** Released versions in the changelog are history. Code in Markdown is checked at its source. */
function textOf(name: string, content: string): string {
  if (!name.endsWith('.md')) return content;
  const current =
    name === 'CHANGELOG.md' ? content.replace(/(\n## \[?Unreleased[\s\S]*?)\n## [\s\S]*/, '$1') : content;
  return current
    .replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, code => code.replaceAll(/[^\n]/g, ''))
    .replaceAll(/`[^`\n]+`/g, '``');
}

test.each(rules)('the rule for $instead finds its sample', ({ pattern, sample }) => {
  expect(sample.match(pattern)).not.toBeNull();
});

test('no text of this project has a word that its style avoids', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter(name => /\.(?:md|ts|js|ya?ml|py|sh)$|Dockerfile$/.test(name) && !notOurs.test(name));
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap(name => {
    try {
      return findings(name, textOf(name, readFileSync(name, 'utf8')));
    } catch {
      return []; // deleted, but not in the index yet
    }
  });
  expect(found).toEqual([]);
});
