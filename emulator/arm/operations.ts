import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { json, type Reply } from '../http/service.ts';
import type { Latency, Operation as LatencyOperation } from '../latency.ts';
import { ArmError } from './errors.ts';

/** How a long operation stands. */
export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

/** What a long operation is made of. */
export interface OperationOptions {
  /** The figure of the latency profile that says how long it takes; milliseconds where there is none. */
  readonly takes: LatencyOperation | number;
  /** Runs from the start. The operation is over when both its time has come and this is done; if this throws, it failed. */
  readonly work?: (signal: AbortSignal) => Promise<void>;
  /**
   * Brings the outcome into the resource, before anybody can see the operation as over. Called again with the failure
   * if it throws on success.
   */
  readonly finish?: (outcome: { status: OperationStatus; error?: ArmError }) => void;
}

/**
 * A long operation. It advances with time, whether or not anybody asks: with `--no-wait` nobody ever does, and
 * `az … wait` looks at the resource only.
 */
export class Operation {
  readonly id: string = randomUUID();
  readonly startTime: Date = new Date();
  /** Settles when the operation is over, however it ended; never rejects. */
  readonly done: Promise<void>;
  readonly #controller = new AbortController();
  #status: OperationStatus = 'InProgress';
  #endTime?: Date;
  #error?: ArmError;

  /** @param milliseconds the least that it takes */
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

  /** Ends a running operation as `Canceled`: `work` sees its signal aborted. */
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
      // What was begun is let run to its end: the outcome is told only when nothing moves any more.
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

/** What asking after an operation answers; a provider that repeats the address in a header is told it. */
export type Poll = (
  operation: Operation,
  address: string,
) => {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The long operations of one emulator, and the addresses at which they can be asked after. */
export class Operations {
  readonly #latency: Latency;
  readonly #host: string;
  readonly #pollers = new Map<string, () => Reply>();
  readonly #operations = new Map<string, Operation>();
  readonly #key = randomBytes(32);
  readonly #certificate = randomBytes(48).toString('base64url');

  /** @param host of Resource Manager, where operations are asked after */
  constructor(latency: Latency, host = 'management.azure.com') {
    this.#latency = latency;
    this.#host = host;
  }

  /** Starts a long operation. */
  start({ takes, ...options }: OperationOptions): Operation {
    return new Operation(typeof takes === 'number' ? takes : this.#latency.of(takes), options);
  }

  /**
   * Lets an operation be asked after in the `Azure-AsyncOperation` way: 200 with a `status`, also while it runs.
   * @param collection path under which the operation's id is appended: `/subscriptions/…/locations/eastus/operations`
   * @param apiVersion what the address carries as `api-version`
   * @param poll the body, where the provider has one of its own; otherwise name, status, startTime, endTime, error
   * @param id what is appended instead of the operation's id
   * @returns headers for the answer that starts the operation
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
   * Lets an operation be asked after in the `Location` way: 202 while it runs, 200 or an error when it is over.
   * @param collection path under which the operation's id is appended: `/subscriptions/…/operationresults`
   * @param apiVersion what the address carries as `api-version`
   * @param poll status and body, where the provider has its own; otherwise both answers are empty
   * @param id what is appended instead of the operation's id
   * @returns headers for the answer that starts the operation
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
   * Answers for the address of an operation.
   * @param path of the request, in any case
   * @returns `undefined` where the path is no operation's
   */
  poll(path: string): Reply | undefined {
    return this.#pollers.get(path.toLowerCase())?.();
  }

  /**
   * The operation that an answer has started.
   * @param headers of the answer
   * @returns `undefined` where it started none
   */
  startedBy(headers: Reply['headers'] = {}): Operation | undefined {
    const address = URL.parse(String(headers['azure-asyncoperation'] ?? headers.location));
    return address ? this.#operations.get(decodeURI(address.pathname).toLowerCase()) : undefined;
  }

  /**
   * The address of an operation. Since 2025 Resource Manager signs it: the time in ticks, a certificate, a signature
   * and a hash, new in every answer. What it makes of a wrong one is not known, so they are not looked at here.
   */
  #address(path: string, apiVersion: string): string {
    const ticks = (BigInt(Date.now()) + millisecondsToUnixEpoch) * 10_000n;
    const signature = createHmac('sha256', this.#key).update(`${path}?${ticks}`).digest('base64url');
    const hash = createHash('sha256').update(signature).digest('base64url');
    // Names may hold what no header can.
    return `https://${this.#host}${encodeURI(path)}?api-version=${apiVersion}&t=${ticks}&c=${this.#certificate}&s=${signature}&h=${hash}`;
  }

  /**
   * `Retry-After` of the answer that starts an operation: az reads a whole number there, and breaks on a fraction. It
   * asks for the first time at once, and heeds what the polls say from then on.
   */
  #wholeSeconds(): string {
    return String(Math.ceil(this.#latency.retryAfter));
  }
}

/** What asking after an operation answers where the provider says nothing else. */
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

/** Ticks, of 100 ns, count from the year 1. */
const millisecondsToUnixEpoch = 62_135_596_800_000n;

/** Resolves after a time, without keeping the process alive for it; rejects when the signal is aborted. */
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
