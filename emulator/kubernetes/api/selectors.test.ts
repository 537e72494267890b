import { describe, expect, test } from 'vitest';
import { resource } from './resources.ts';
import { matchesLabelSelector, parseFieldSelector, parseLabelSelector } from './selectors.ts';

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p1', namespace: 'n', labels: { app: 'web', 'example.com/tier': 'front' } },
  spec: { nodeName: 'node-0' },
};

describe('label selectors', () => {
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,example.com/tier=front', true],
    ['app=db', false],
    ['app!=db', true],
    ['missing!=x', true],
    ['app in (web, db)', true],
    ['app notin (web,db)', false],
    ['missing notin (a)', true],
    ['app', true],
    ['!app', false],
    ['!missing,app in (web)', true],
  ])('%s → %s', (selector, selected) => expect(parseLabelSelector(selector)(object)).toBe(selected));

  test.each(['app in web', 'a=b=c', '=x', 'a b'])('rejects %s', selector => {
    expect(() => parseLabelSelector(selector)).toThrow(/unable to parse requirement/);
  });

  test.each([
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'db' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }, true],
  ])('%j → %s', (selector, selected) => {
    expect(matchesLabelSelector(selector, object.metadata.labels)).toBe(selected);
  });
});

describe('field selectors', () => {
  test.each([
    ['metadata.name=p1', true],
    ['metadata.name!=p1', false],
    ['metadata.name=p1,spec.nodeName=node-0', true],
    ['spec.nodeName=', false],
    ['status.podIP=', true],
    ['spec.hostNetwork=false', true],
  ])('%s → %s', (selector, selected) => {
    expect(parseFieldSelector(selector, resource('pods'))(object)).toBe(selected);
  });

  test('names a field that the resource does not support', () => {
    expect(() => parseFieldSelector('spec.image=x', resource('pods'))).toThrow(
      'field label not supported: spec.image',
    );
  });
});
