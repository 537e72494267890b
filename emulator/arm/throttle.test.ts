import { expect, test } from 'vitest';
import { Throttle } from './throttle.ts';

const group = '/subscriptions/s/resourceGroups/rg';

function remaining(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace('x-ms-ratelimit-remaining-', ''), value]),
  );
}

test('counts each request in the bucket of its kind', () => {
  const throttle = new Throttle(() => 0);
  const count = (method: string) => remaining(throttle.count('p', method, group));
  expect(count('PUT')).toEqual({ 'subscription-writes': '799', 'subscription-global-writes': '11999' });
  expect(count('POST')).toEqual({ 'subscription-writes': '798', 'subscription-global-writes': '11998' });
  expect(count('GET')).toEqual({ 'subscription-reads': '1099', 'subscription-global-reads': '16499' });
  expect(count('HEAD')).toMatchObject({ 'subscription-reads': '1098' });
  expect(count('DELETE')).toEqual({ 'subscription-deletes': '799', 'subscription-global-deletes': '11999' });
});

test('counts each principal, and the subscription as a whole', () => {
  const throttle = new Throttle(() => 0);
  throttle.count('one', 'PUT', group);
  expect(remaining(throttle.count('other', 'PUT', group))).toEqual({
    'subscription-writes': '799',
    'subscription-global-writes': '11998',
  });
});

test('refills over time, and never goes below zero', () => {
  let now = 0;
  const throttle = new Throttle(() => now);
  const count = () => remaining(throttle.count('p', 'PUT', group))['subscription-writes'];
  for (let requests = 0; requests < 900; requests++) count();
  expect(count()).toBe('0');
  now = 1000;
  expect(count()).toBe('39');
  now = 100_000;
  expect(count()).toBe('799');
});

test('counts a name check as a read, and requests outside a subscription for the tenant', () => {
  const throttle = new Throttle(() => 0);
  const check = '/subscriptions/s/providers/Microsoft.KeyVault/checkNameAvailability';
  expect(remaining(throttle.count('p', 'POST', check))).toMatchObject({ 'subscription-reads': '1099' });
  expect(remaining(throttle.count('p', 'GET', '/subscriptions'))).toEqual({ 'tenant-reads': '1099' });
});
