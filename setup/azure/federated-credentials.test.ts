import { describe, expect, it } from 'vitest';
import { GITHUB_ISSUER } from '../settings.ts';
import type { Step } from '../steps.ts';
import {
  type CredentialOperations,
  distrustSubjects,
  type FoundCredential,
  listOtherSubjects,
  trustSubjects,
} from './federated-credentials.ts';
import { azOperation } from './operations.ts';

const audience = 'api://AzureADTokenExchange';
const trusted = {
  subjects: [{ name: 'environment-lab-ids', subject: 'repo:o@1/r@2:environment:lab' }],
  obsolete: ['repo:o/r:environment:lab'],
};
const correct: FoundCredential = { ...trusted.subjects[0]!, issuer: GITHUB_ISSUER, audiences: [audience] };
const older: FoundCredential = { ...correct, name: 'environment-lab', subject: 'repo:o/r:environment:lab' };

const store: CredentialOperations = {
  writeCredential: ({ name, subject }, verb) => azOperation(() => [verb, name, subject]),
  deleteCredential: name => azOperation(() => ['delete', name]),
};
const ids = { clientId: '', principalId: '', objectId: '' };
const operations = (steps: readonly Step[]) =>
  steps.flatMap(step => step.operations.map(operation => operation.show(ids)));
const plan = (...found: FoundCredential[]) => operations(trustSubjects(found, trusted, audience, store));

describe('trustSubjects', () => {
  it('creates a missing credential and keeps a correct one with any name', () => {
    expect(plan()).toEqual(['az create environment-lab-ids repo:o@1/r@2:environment:lab']);
    expect(plan(correct)).toEqual([]);
    expect(plan({ ...correct, name: 'by-hand' })).toEqual([]);
  });

  it.each([
    { subject: 'repo:o@1/r@2:environment:labs' },
    { issuer: 'https://issuer.example.org' },
    { audiences: ['api://other'] },
    { subject: 'repo:o@1/r@2:environment:Lab' },
  ])('corrects %j', wrong => {
    expect(plan({ ...correct, ...wrong })).toEqual([
      'az update environment-lab-ids repo:o@1/r@2:environment:lab',
    ]);
  });

  it('deletes the older form once no token has it, under any name', () => {
    expect(plan(correct, older)).toEqual(['az delete environment-lab']);
    expect(plan({ ...older, name: 'environment-lab-ids' })).toEqual([
      'az delete environment-lab-ids',
      'az create environment-lab-ids repo:o@1/r@2:environment:lab',
    ]);
  });

  it('rejects a 21st credential before it creates anything', () => {
    const others = Array.from({ length: 20 }, (_, n) => ({
      ...correct,
      name: `c${n}`,
      subject: `repo:x/${n}`,
    }));
    expect(() => plan(...others)).toThrow('would have 21 federated credentials. Entra allows 20.');
    expect(plan(...others.slice(1))).toHaveLength(1);
    expect(plan(...others.slice(1), older)).toHaveLength(2);
  });
});

it('lists the subjects of other credentials and deletes only its own', () => {
  const foreign = { ...correct, name: 'foreign', subject: 'repo:evil/r:environment:lab' };
  expect(listOtherSubjects([correct, older, foreign], trusted)).toEqual([
    'foreign (subject "repo:evil/r:environment:lab")',
  ]);
  expect(operations(distrustSubjects([correct, older, foreign], trusted, store))).toEqual([
    'az delete environment-lab-ids',
    'az delete environment-lab',
  ]);
});
