import { randomUUID } from 'node:crypto';
import { roleNamed } from '../../emulator/arm/authorization/role-definitions.ts';
import { compare, compareAddress, type Difference, fillPlaceholders, isTypeName } from './compare.ts';
import { type ClientReply, type EmulatorClient, newName } from './emulator-client.ts';
import type { Exchange } from './recorded-exchanges.ts';

/** Empty if the earlier exchanges leave the required state. */
export interface ReplayStep {
  /** Prepares the state. */
  readonly before?: (replayer: Replayer) => Promise<unknown>;
  /** To the URL in a header or member of an earlier answer. */
  readonly follow?: Follow;
  /** Polls until true. The last answer is compared. */
  readonly until?: (answer: ClientReply) => boolean;
  /** By name or path (`tags.a`). Others get a value of their type. */
  readonly body?: (replayer: Replayer) => Readonly<Record<string, unknown>>;
  /** Reasons by {@link Difference.at}. Each must occur. */
  readonly differs?: Readonly<Record<string, string>>;
  readonly after?: (answer: ClientReply, replayer: Replayer) => void;
}

/** A replay must fail. */
export interface SkippedStep {
  readonly skipped: string;
}

type Follow = 'azure-asyncoperation' | 'location' | 'nextLink';

export interface RecordingPlan {
  readonly steps: readonly (ReplayStep | SkippedStep)[];
  /** If the recording returns them. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Of every answer. Each must occur somewhere. */
  readonly differs?: Readonly<Record<string, string>>;
}

/** In a separate resource group. */
export class Replayer {
  readonly client: EmulatorClient;
  readonly names: Record<string, string>;
  readonly #addresses = new Map<Follow, string>();

  constructor(client: EmulatorClient) {
    const { subscriptionId, tenantId, user } = client.emulator;
    const name = newName('rec');
    this.client = client;
    this.names = {
      sub: subscriptionId,
      tenant: tenantId,
      location: 'eastus',
      rg: newName('Recorded-'),
      name,
      vault: name,
      dnsPrefix: `${name}-dns`,
      upn: user.userPrincipalName,
      objectId: client.userId,
      // Of the recording's role assignment.
      assignment: randomUUID(),
      principalId: client.userId,
      role: roleNamed('Reader').id,
    };
  }

  /** @param path `/providers/…`; empty for the group */
  group(path = '', apiVersion = '2024-11-01'): string {
    return this.arm(`/subscriptions/{sub}/resourceGroups/{rg}${path}`, apiVersion);
  }

  /** Fills in placeholders. */
  arm(path: string, apiVersion: string): string {
    return `https://management.azure.com${fillPlaceholders(path, this.names)}?api-version=${apiVersion}`;
  }

  async begin({ tags = {} }: RecordingPlan): Promise<void> {
    await this.client.prepare('PUT', this.group(), { location: this.names.location, tags });
  }

  /** @returns the differences from the recorded answer */
  async replay(exchange: Exchange, step: ReplayStep): Promise<Difference[]> {
    await step.before?.(this);
    const { url, differences } = this.#address(exchange, step.follow);
    const { method, headers } = exchange.request;
    const body = this.#body(exchange.request.body, step.body?.(this) ?? {});
    const ask = () =>
      this.client.send({
        method,
        url,
        headers: sentHeaders(headers),
        anonymous: headers.authorization === 'absent',
        ...(body !== undefined && { body }),
      });
    const answer = step.until ? await this.client.pollUntil(ask, step.until) : await ask();
    this.remember(answer);
    const found = [...differences, ...this.#compare(exchange, answer)];
    step.after?.(answer, this);
    return found;
  }

  #address({ request }: Exchange, follow?: Follow): { url: string; differences: Difference[] } {
    const query = Object.entries(request.query).map(([name, value]) => `${name}=${value}`);
    const recorded = `https://${request.host}${request.path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    if (follow) {
      const url = this.#addresses.get(follow);
      if (!url) throw new Error(`No earlier answer has "${follow}".`);
      const plain = url.replace(':443/', '/').replace('%24', '$');
      return { url, differences: compareAddress(recorded, plain, this.names, 'request') };
    }
    // The only GUID in a path is a role assignment's; in a filter, a principal's.
    const filled = encodeURI(
      fillPlaceholders(`https://${request.host}${request.path}`, {
        ...this.names,
        guid: this.names.assignment!,
      }) +
        fillPlaceholders(query.length > 0 ? `?${query.join('&')}` : '', {
          ...this.names,
          guid: this.names.principalId!,
        }),
    );
    if (filled.includes('%7B')) throw new Error(`"${recorded}" has a placeholder without a value.`);
    return { url: filled, differences: [] };
  }

  #body(recorded: unknown, values: Readonly<Record<string, unknown>>): string | undefined {
    if (recorded === null) return undefined;
    // The only GUID in an ID of a body is a role's.
    const names = { ...this.names, guid: this.names.role! };
    if (typeof recorded === 'string') return fillPlaceholders(recorded, names);
    return JSON.stringify(this.#filled(recorded, [], values, names));
  }

  #filled(
    recorded: unknown,
    path: readonly string[],
    values: Readonly<Record<string, unknown>>,
    names: Readonly<Record<string, string>>,
  ): unknown {
    const key = path.at(-1) ?? '';
    const known = [path.join('.'), key].find(name => Object.hasOwn(values, name));
    if (known !== undefined) return values[known];
    if (isTypeName(recorded)) return this.#value(recorded, key);
    if (typeof recorded === 'string') return fillPlaceholders(recorded, names);
    if (Array.isArray(recorded)) return recorded.map(item => this.#filled(item, path, values, names));
    if (typeof recorded !== 'object' || recorded === null) return recorded;
    return Object.fromEntries(
      Object.entries(recorded).map(([name, value]) => [
        name,
        this.#filled(value, [...path, name], values, names),
      ]),
    );
  }

  #value(type: string, key: string): unknown {
    const { location, tenant, principalId, name, dnsPrefix } = this.names;
    const usual: Record<string, unknown> = {
      location,
      name,
      dnsPrefix,
      principalId,
      tenantId: tenant,
      objectId: this.client.userId,
      ids: this.client.userId,
      vmSize: 'Standard_DS2_v2',
      adminUsername: 'azureuser',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.0.0.0/16',
      dnsServiceIP: '10.0.0.10',
      enableRBAC: true,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      kubernetesVersion: '',
      orchestratorVersion: '',
    };
    if (Object.hasOwn(usual, key)) return usual[key];
    switch (type) {
      case 'guid':
        return randomUUID();
      case 'boolean':
        return false;
      case 'number':
        return 1;
      case 'uri':
        return `https://${name}.example`;
      default:
        return `some-${key}`;
    }
  }

  /** For later exchanges. */
  remember({ headers, json }: ClientReply): void {
    for (const header of ['azure-asyncoperation', 'location'] as const) {
      const address = headers.get(header);
      if (address?.startsWith('https://')) this.#addresses.set(header, address);
    }
    if (typeof json?.nextLink === 'string') this.#addresses.set('nextLink', json.nextLink);
  }

  #compare({ request, response }: Exchange, answer: ClientReply): Difference[] {
    const found: Difference[] = [];
    if (answer.status !== response.status) {
      found.push({
        at: 'status',
        what: `${answer.status} instead of ${response.status}: ${answer.text.slice(0, 300)}`,
      });
    }
    for (const name of comparedHeaders) {
      found.push(
        ...this.#compareHeader(name, response.headers[name], answer.headers.get(name) ?? undefined, request),
      );
    }
    if (response.body === null) {
      if (answer.text !== '')
        found.push({ at: 'body', what: `${answer.text.slice(0, 200)} instead of none` });
      return found;
    }
    if (answer.json === undefined) return [...found, { at: 'body', what: 'is not JSON' }];
    return [...found, ...compare(response.body, answer.json, this.names, 'body')];
  }

  #compareHeader(
    name: string,
    recorded: string | undefined,
    actual: string | undefined,
    { method }: Exchange['request'],
  ): Difference[] {
    const at = `headers.${name}`;
    if (recorded === undefined) {
      // Their absence matters.
      const telling = name === 'content-type' || name === 'azure-asyncoperation' || name === 'location';
      return telling && actual !== undefined ? [{ at, what: `"${actual}" instead of none` }] : [];
    }
    // An answer without a body can omit its length.
    if (name === 'content-length') {
      if (recorded !== '0') return method === 'HEAD' && !Number(actual) ? [{ at, what: 'is missing' }] : [];
      return actual === undefined || actual === '0' ? [] : [{ at, what: `${actual} instead of 0` }];
    }
    if (actual === undefined) return [{ at, what: 'is missing' }];
    if (recorded === 'present') return [];
    return /^https?:/.test(recorded)
      ? compareAddress(recorded, actual, this.names, at)
      : compare(recorded, actual, this.names, at);
  }
}

/**
 * What matters to a client. Others describe Azure's machines (`server`), or the recorder removed them (`retry-after`).
 */
const comparedHeaders = [
  'content-type',
  'content-length',
  'azure-asyncoperation',
  'location',
  'www-authenticate',
  'x-ms-failure-cause',
  'api-supported-versions',
  'x-ms-keyvault-service-version',
  'x-ms-keyvault-region',
  'x-ms-keyvault-network-info',
  'odata-version',
  'request-id',
  'docker-distribution-api-version',
] as const;

function sentHeaders(recorded: Readonly<Record<string, string>>): Record<string, string> {
  const own = ['content-length', 'authorization', 'ParameterSetName'];
  return Object.fromEntries(Object.entries(recorded).filter(([name]) => !own.includes(name)));
}
