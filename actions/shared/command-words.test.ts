import { describe, expect, it } from 'vitest';
import { isReadOnly } from './command-words.ts';

describe('isReadOnly', () => {
  it.each([
    ['az aks show --name x', true],
    ['az rest --method get --url x', true],
    ['az rest --method post --url x', false],
    ['az keyvault create --name show', false],
    ['kubectl --kubeconfig f --request-timeout 60s get pods', true],
    ['kubectl --kubeconfig f apply --filename -', false],
  ])('%s: %s', (command, readOnly) => {
    expect(isReadOnly(command.split(' '))).toBe(readOnly);
  });
});
