import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { json, type Reply } from '../http/service.ts';
import type { Latency, Operation as LatencyOperation } from '../latency.ts';
import { ArmError } from './errors.ts';

export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

export interface OperationOptions {
  /** An entry of the latency profile, or milliseconds. */
  readonly takes: LatencyOperation | number;
  /** Starts immediately. The operation also waits for `takes`, and fails if this throws. */
  readonly work?: (signal: AbortSignal) => Promise<void>;
  /** Runs before a client sees the outcome, and again with the failure if it throws on success. */
  readonly finish?: (outcome: { status: OperationStatus; error?: ArmError }) => void;
}

/** Does not need polling: `--no-wait` never polls, and `az … wait` polls only the resource. */
export class Operation {
  readonly id: string = randomUUID();
  readonly startTime: Date = new Date();
  /** Resolves even if the operation fails. */
  readonly done: Promise<void>;
  readonly #controller = new AbortController();
  #status: OperationStatus = 'InProgress';
  #endTime?: Date;
  #error?: ArmError;

  constructor(milliseconds: number, options: Omit<OperationOptions, 'takes'>) {
    this.done = this.#run(milliseconds, options);
  }

  get status(): OperationStatus {
    return this.#status;
  }

  get endTime(): Date | undefined {
    return this.#endTime;
  }

  get error(): ArmError | undefined {
    return this.#error;
  }

  /** Also aborts the signal of `work`. */
  cancel(): void {
    this.#controller.abort();
  }

  async #run(milliseconds: number, { work, finish }: Omit<OperationOptions, 'takes'>): Promise<void> {
    const { signal } = this.#controller;
    const working = work?.(signal);
    try {
      await Promise.all([passed(milliseconds, signal), working]);
      finish?.({ status: 'Succeeded' });
      this.#end('Succeeded');
    } catch (cause) {
      await working?.catch(() => {});
      const status = signal.aborted ? 'Canceled' : 'Failed';
      const error = signal.aborted ? canceled() : asArmError(cause);
      finish?.({ status, error });
      this.#end(status, error);
    }
  }

  #end(status: OperationStatus, error?: ArmError): void {
    this.#endTime = new Date();
    this.#error = error;
    this.#status = status;
  }
}

function canceled(): ArmError {
  return new ArmError(409, 'OperationCanceled', 'The operation was canceled.');
}

function asArmError(cause: unknown): ArmError {
  if (cause instanceof ArmError) return cause;
  return new ArmError(500, 'InternalServerError', cause instanceof Error ? cause.message : String(cause));
}

/** `address` is the next one to poll, for providers that repeat it in a header. */
export type Poll = (
  operation: Operation,
  address: string,
) => {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export class Operations {
  readonly #latency: Latency;
  readonly #host: string;
  readonly #pollers = new Map<string, () => Reply>();
  readonly #operations = new Map<string, Operation>();
  readonly #key = randomBytes(32);
  readonly #certificate = randomBytes(48).toString('base64url');

  constructor(latency: Latency, host = 'management.azure.com') {
    this.#latency = latency;
    this.#host = host;
  }

  start({ takes, ...options }: OperationOptions): Operation {
    return new Operation(typeof takes === 'number' ? takes : this.#latency.of(takes), options);
  }

  /**
   * `Azure-AsyncOperation`: 200 with a `status`, also while it runs.
   * @param collection `/subscriptions/…/locations/eastus/operations`
   * @param id default: the operation's ID
   * @returns headers of the response that starts the operation
   */
  asyncOperation(
    operation: Operation,
    collection: string,
    apiVersion: string,
    poll: Poll = operationBody,
    id: string = operation.id,
  ): Record<string, string> {
    const path = `${collection}/${id}`;
    this.#operations.set(path.toLowerCase(), operation);
    this.#pollers.set(path.toLowerCase(), () => {
      const { status, body, headers } = poll(operation, this.#address(path, apiVersion));
      const running = operation.status === 'InProgress';
      return json(status, body, {
        ...headers,
        ...(running && { 'retry-after': String(this.#latency.retryAfter) }),
      });
    });
    return { 'azure-asyncoperation': this.#address(path, apiVersion), 'retry-after': this.#wholeSeconds() };
  }

  /**
   * `Location`: 202 while it runs, then 200 or an error.
   * @param collection `/subscriptions/…/operationresults`
   * @param poll without it, both responses are empty
   * @param id default: the operation's ID
   * @returns headers of the response that starts the operation
   */
  location(
    operation: Operation,
    collection: string,
    apiVersion: string,
    poll?: Poll,
    id: string = operation.id,
  ): Record<string, string> {
    const path = `${collection}/${id}`;
    this.#operations.set(path.toLowerCase(), operation);
    this.#pollers.set(path.toLowerCase(), () => {
      if (operation.error) return operation.error.toReply();
      const running = operation.status === 'InProgress';
      const location = this.#address(path, apiVersion);
      const { status, body, headers } = poll?.(operation, location) ?? { status: running ? 202 : 200 };
      const further: Record<string, string> = {
        ...headers,
        ...(running && { location, 'retry-after': String(this.#latency.retryAfter) }),
      };
      return body === undefined ? { status, headers: further } : json(status, body, further);
    });
    return { location: this.#address(path, apiVersion), 'retry-after': this.#wholeSeconds() };
  }

  /**
   * @param path in any case
   * @returns `undefined` if the address is unknown
   */
  poll(path: string): Reply | undefined {
    return this.#pollers.get(path.toLowerCase())?.();
  }

  /** Finds the operation by the headers of its first response. */
  startedBy(headers: Reply['headers'] = {}): Operation | undefined {
    const address = URL.parse(String(headers['azure-asyncoperation'] ?? headers.location));
    return address ? this.#operations.get(decodeURI(address.pathname).toLowerCase()) : undefined;
  }

  /**
   * Signed since 2025: time in ticks, certificate, signature, and hash, new in every response. Azure's answer to a
   * wrong signature is unknown, so nothing checks it.
   */
  #address(path: string, apiVersion: string): string {
    const ticks = (BigInt(Date.now()) + millisecondsToUnixEpoch) * 10_000n;
    const signature = createHmac('sha256', this.#key).update(`${path}?${ticks}`).digest('base64url');
    const hash = createHash('sha256').update(signature).digest('base64url');
    // Names can have characters that are invalid in a header.
    return `https://${this.#host}${encodeURI(path)}?api-version=${apiVersion}&t=${ticks}&c=${this.#certificate}&s=${signature}&h=${hash}`;
  }

  /** az fails on a fraction in the response that starts the operation. */
  #wholeSeconds(): string {
    return String(Math.ceil(this.#latency.retryAfter));
  }
}

export function operationBody(operation: Operation): { status: number; body: object } {
  const { id, status, startTime, endTime, error } = operation;
  return {
    status: 200,
    body: {
      name: id,
      status,
      startTime: startTime.toISOString(),
      endTime: endTime?.toISOString(),
      error: error && { code: error.code, message: error.message, ...error.further },
    },
  };
}

/** Ticks are 100 ns, from the year 1. */
const millisecondsToUnixEpoch = 62_135_596_800_000n;

/** Does not keep the process alive. Rejects on abort. */
function passed(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
