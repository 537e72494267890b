import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reply } from '../http/service.ts';
import { Latency } from '../latency.ts';
import { ArmError } from './errors.ts';
import { Operations } from './operations.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const collection = '/subscriptions/s/providers/P/locations/eastus/operations';

function ask(operations: Operations, address = ''): Reply {
  const reply = operations.poll(new URL(address).pathname.toUpperCase());
  if (!reply) throw new Error('no such operation');
  return reply;
}

function bodyOf({ body }: Reply): unknown {
  return JSON.parse(String(body));
}

describe('a long-running operation', () => {
  it('makes progress with time, without polling', async () => {
    const operations = new Operations(new Latency('realistic', () => 0.5));
    const finish = vi.fn();
    const operation = operations.start({ takes: 'registry create', finish });
    const headers = operations.asyncOperation(operation, collection, '2025-01-01');
    for (let polls = 0; polls < 50; polls++) ask(operations, headers['azure-asyncoperation']);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(bodyOf(ask(operations, headers['azure-asyncoperation']))).toEqual({
      name: operation.id,
      status: 'InProgress',
      startTime: operation.startTime.toISOString(),
    });
    expect(finish).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(finish).toHaveBeenCalledExactlyOnceWith({ status: 'Succeeded' });
    expect(bodyOf(ask(operations, headers['azure-asyncoperation']))).toMatchObject({
      status: 'Succeeded',
      endTime: operation.endTime?.toISOString(),
    });
  });

  it('sends Retry-After, at first in whole seconds because az fails on a fraction', () => {
    const operations = new Operations(new Latency('fast'));
    const operation = operations.start({ takes: 1000 });
    const location = operations.location(operation, collection, '2025-01-01');
    const async = operations.asyncOperation(operation, collection, '2025-01-01');
    expect([location['retry-after'], async['retry-after']]).toEqual(['1', '1']);
    expect(ask(operations, async['azure-asyncoperation']).headers?.['retry-after']).toBe('0.1');
  });

  it('reports a failure in both ways of polling', async () => {
    const operations = new Operations(new Latency('fast'));
    const error = new ArmError(409, 'QuotaExceeded', 'too much', { further: { details: [] } });
    const finish = vi.fn();
    const operation = operations.start({ takes: 10, work: () => Promise.reject(error), finish });
    const async = operations.asyncOperation(operation, `${collection}/a`, '2025-01-01');
    const location = operations.location(operation, `${collection}/b`, '2025-01-01');
    await operation.done;
    expect(finish).toHaveBeenCalledExactlyOnceWith({ status: 'Failed', error });
    expect(bodyOf(ask(operations, async['azure-asyncoperation']))).toMatchObject({
      status: 'Failed',
      error: { code: 'QuotaExceeded', message: 'too much', details: [] },
    });
    expect(ask(operations, location.location)).toMatchObject({ status: 409 });
  });

  it('fails if its outcome cannot be applied', async () => {
    const finish = vi.fn(({ status }) => {
      if (status === 'Succeeded') throw new Error('broken');
    });
    const operation = new Operations(new Latency('fast')).start({ takes: 0, finish });
    await vi.advanceTimersByTimeAsync(1);
    await operation.done;
    expect(operation.status).toBe('Failed');
    expect(finish).toHaveBeenCalledTimes(2);
  });

  it('ends as canceled after its running work', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const operation = new Operations(new Latency('fast')).start({ takes: 60_000, work: () => promise });
    operation.cancel();
    await vi.advanceTimersByTimeAsync(1);
    expect(operation.status).toBe('InProgress');
    resolve();
    await operation.done;
    expect([operation.status, operation.error?.code]).toEqual(['Canceled', 'OperationCanceled']);
  });

  it('is unknown at a different address', () => {
    const operations = new Operations(new Latency('fast'));
    const operation = operations.start({ takes: 0 });
    operations.location(operation, collection, '2025-01-01');
    expect(operations.poll(`/other/${operation.id}`)).toBeUndefined();
  });
});
