import { randomUUID } from 'node:crypto';
import type { Caller } from '../entra/tokens.ts';
import { sevenDecimals } from '../timestamps.ts';
import type { ArmContext } from './context.ts';
import { ArmError } from './errors.ts';
import { isWithin, resourceGroupOf, sameId } from './resource-id.ts';

type Status = 'Started' | 'Accepted' | 'Succeeded' | 'Failed' | 'Canceled';

export interface Activity {
  readonly caller: Caller;
  /** `Microsoft.ContainerService/managedClusters/write` */
  readonly action: string;
  readonly resourceId: string;
  readonly method: string;
  readonly correlationId: string;
}

export interface Outcome {
  readonly status: Status;
  readonly httpStatus: number;
  /** The error response, as JSON. */
  readonly message?: string;
}

interface NamedEntry extends Entry {
  readonly callerName: string;
}

interface Entry extends Activity, Outcome {
  readonly eventId: string;
  readonly operationId: string;
  readonly at: Date;
}

/** Bounds the memory for clients that run forever. */
const maxEntries = 10_000;

/**
 * Changes only, no reads.
 * @see https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
 */
export class ActivityLog {
  readonly #context: ArmContext;
  readonly #entries: Entry[] = [];

  constructor(context: ArmContext) {
    this.#context = context;
  }

  /** @returns logs an outcome; called twice if an accepted operation fails later */
  begin(activity: Activity): (outcome: Outcome) => void {
    const operationId = randomUUID();
    const add = (outcome: Outcome) => {
      this.#entries.push({ ...activity, ...outcome, operationId, eventId: randomUUID(), at: new Date() });
      if (this.#entries.length > maxEntries) this.#entries.shift();
    };
    add({ status: 'Started', httpStatus: 0 });
    return add;
  }

  /**
   * Newest first.
   * @param filter `eventTimestamp ge 2026-… and resourceGroupName eq 'rg' and status eq 'Failed'`
   * @throws ArmError 400 if it has no start time or compares anything else
   * @see https://learn.microsoft.com/rest/api/monitor/activity-logs/list
   */
  list(filter: string | null): object[] {
    const wanted = parse(filter);
    return this.#entries
      .map(entry => ({ ...entry, callerName: this.#callerOf(entry) }))
      .filter(entry => wanted.every(matches => matches(entry)))
      .reverse()
      .map(entry => this.#entryBody(entry));
  }

  /** A user's principal name, otherwise the object ID. */
  #callerOf({ caller }: Entry): string {
    const principal = this.#context.directory.findByObjectId(caller.objectId);
    return principal?.kind === 'User' ? principal.userPrincipalName : caller.objectId;
  }

  #entryBody(entry: NamedEntry): object {
    const { action, resourceId, caller, correlationId, eventId, operationId, at, status, httpStatus } = entry;
    const [provider = '', ...rest] = action.split('/');
    const resourceType = [provider, ...rest.slice(0, /\/action$/i.test(action) ? -2 : -1)].join('/');
    const ticks = (BigInt(at.getTime()) + 62_135_596_800_000n) * 10_000n;
    const begun = status === 'Started';
    return {
      authorization: { action, scope: resourceId },
      caller: entry.callerName,
      channels: 'Operation',
      claims: { oid: caller.objectId, ...(caller.clientId && { appid: caller.clientId }) },
      correlationId,
      description: '',
      eventDataId: eventId,
      eventName: named(begun ? 'BeginRequest' : 'EndRequest', begun ? 'Begin request' : 'End request'),
      category: named('Administrative'),
      eventTimestamp: sevenDecimals(at),
      id: `${resourceId}/events/${eventId}/ticks/${ticks}`,
      level: status === 'Failed' ? 'Error' : 'Informational',
      operationId,
      operationName: named(action),
      resourceGroupName: resourceGroupOf(resourceId) ?? '',
      resourceProviderName: named(provider),
      resourceType: named(resourceType),
      resourceId,
      status: named(status),
      subStatus: begun ? named('') : named(codes[httpStatus] ?? '', subStatus(httpStatus)),
      submissionTimestamp: sevenDecimals(at),
      subscriptionId: this.#context.subscriptionId,
      tenantId: this.#context.tenantId,
      properties: {
        ...(!begun && { statusCode: codes[httpStatus] ?? String(httpStatus) }),
        ...(entry.message !== undefined && { statusMessage: entry.message }),
        eventCategory: 'Administrative',
        entity: resourceId,
        message: action,
        hierarchy: `${this.#context.tenantId}/${this.#context.subscriptionId}`,
      },
      relatedEvents: [],
    };
  }
}

type Matches = (entry: NamedEntry) => boolean;

/** az writes `resourceId` where the API reference has `resourceUri`. */
const comparisons: Readonly<Record<string, (value: string) => Matches>> = {
  resourcegroupname: value => entry => sameId(resourceGroupOf(entry.resourceId) ?? '', value),
  resourceid: value => entry => isWithin(entry.resourceId, value),
  resourceuri: value => entry => isWithin(entry.resourceId, value),
  resourceprovider: value => entry => sameId(entry.action.split('/')[0]!, value),
  correlationid: value => entry => sameId(entry.correlationId, value),
  status: value => entry => sameId(entry.status, value),
  caller: value => entry => sameId(entry.callerName, value),
};

function parse(filter: string | null): Matches[] {
  const invalidFilter = (reason: string) => new ArmError(400, 'BadRequest', reason);
  const terms = (filter ?? '').trim().split(/\s+and\s+/i);
  let since = false;
  const wanted = terms.map((term): Matches => {
    const [, name = '', operator = '', quoted = ''] = /^(\w+)\s+(eq|ge|le)\s+(\S.*)$/i.exec(term) ?? [];
    const value = quoted.replace(/^'(.*)'$/, '$1');
    if (name.toLowerCase() === 'eventtimestamp' && operator.toLowerCase() !== 'eq') {
      const time = Date.parse(/[z]|[+-]\d\d:\d\d$/i.test(value) ? value : `${value}Z`);
      if (Number.isNaN(time)) throw invalidFilter(`The time '${value}' in the filter is not valid.`);
      if (operator.toLowerCase() === 'le') return ({ at }) => at.getTime() <= time;
      since = true;
      return ({ at }) => at.getTime() >= time;
    }
    const compare = comparisons[name.toLowerCase()];
    if (!compare || operator.toLowerCase() !== 'eq') {
      throw invalidFilter(`The filter '${filter ?? ''}' is not supported.`);
    }
    return compare(value);
  });
  if (!since) throw invalidFilter('The start time is missing: the filter must have eventTimestamp ge.');
  return wanted;
}

function named(value: string, localizedValue: string = value): object {
  return { value, localizedValue };
}

const codes: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'NoContent',
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalServerError',
};

function subStatus(httpStatus: number): string {
  const words = (codes[httpStatus] ?? '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return `${words} (HTTP Status Code: ${httpStatus})`;
}
