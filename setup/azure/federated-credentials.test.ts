import { describe, expect, it } from 'vitest';
import type { Step } from '../steps.ts';
import { ISSUER } from '../settings.ts';
import { azOperation } from './operations.ts';
import {
  type CredentialStore,
  distrustSubjects,
  type FoundCredential,
  listOtherSubjects,
  trustSubjects,
} from './federated-credentials.ts';

const audience = 'api://AzureADTokenExchange';
const trusted = {
  subjects: [{ name: 'environment-lab-ids', subject: 'repo:o@1/r@2:environment:lab' }],
  obsolete: ['repo:o/r:environment:lab'],
};
const right: FoundCredential = { ...trusted.subjects[0]!, issuer: ISSUER, audiences: [audience] };
const older: FoundCredential = { ...right, name: 'environment-lab', subject: 'repo:o/r:environment:lab' };

const store: CredentialStore = {
  writeCredential: ({ name, subject }, verb) => azOperation(() => [verb, name, subject]),
  deleteCredential: name => azOperation(() => ['delete', name]),
};
const ids = { clientId: '', principalId: '', objectId: '' };
const operations = (steps: readonly Step[]) => steps.flatMap(step => step.operations.map(operation => operation.show(ids)));
const plan = (...found: FoundCredential[]) => operations(trustSubjects(found, trusted, audience, store));

describe('trustSubjects', () => {
  it('makes what is missing, and leaves what is right, by any name', () => {
    expect(plan()).toEqual(['az create environment-lab-ids repo:o@1/r@2:environment:lab']);
    expect(plan(right)).toEqual([]);
    expect(plan({ ...right, name: 'by-hand' })).toEqual([]);
  });

  it.each([
    { subject: 'repo:o@1/r@2:environment:labs' },
    { issuer: 'https://issuer.example.org' },
    { audiences: ['api://other'] },
    { subject: 'repo:o@1/r@2:environment:Lab' },
  ])('repairs %j', wrong => {
    expect(plan({ ...right, ...wrong })).toEqual([
      'az update environment-lab-ids repo:o@1/r@2:environment:lab',
    ]);
  });

  it('takes the older form away once no token has it, whatever it is called', () => {
    expect(plan(right, older)).toEqual(['az delete environment-lab']);
    expect(plan({ ...older, name: 'environment-lab-ids' })).toEqual([
      'az delete environment-lab-ids',
      'az create environment-lab-ids repo:o@1/r@2:environment:lab',
    ]);
  });

  it('refuses a twenty-first before anything is made', () => {
    const others = Array.from({ length: 20 }, (_, n) => ({
      ...right,
      name: `c${n}`,
      subject: `repo:x/${n}`,
    }));
    expect(() => plan(...others)).toThrow('would have 21 federated credentials; Entra allows 20');
    expect(plan(...others.slice(1))).toHaveLength(1);
    expect(plan(...others.slice(1), older)).toHaveLength(2);
  });
});

it('names doors that are not its own, and closes only its own', () => {
  const foreign = { ...right, name: 'foreign', subject: 'repo:evil/r:environment:lab' };
  expect(listOtherSubjects([right, older, foreign], trusted)).toEqual(['foreign (repo:evil/r:environment:lab)']);
  expect(operations(distrustSubjects([right, older, foreign], trusted, store))).toEqual([
    'az delete environment-lab-ids',
    'az delete environment-lab',
  ]);
});
