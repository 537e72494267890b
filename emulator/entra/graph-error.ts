import { randomUUID } from 'node:crypto';
import { json, type Reply } from '../http/service.ts';

/** A refusal of Graph: thrown by what refuses, written as Graph writes it by graph.ts. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  toReply(): Reply {
    const id = randomUUID();
    const innerError = {
      date: new Date().toISOString().slice(0, 19),
      'request-id': id,
      'client-request-id': id,
    };
    return json(this.status, { error: { code: this.code, message: this.message, innerError } });
  }
}

/** 404 for an object that is not in the directory. */
export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** 403 for one who has not been granted what it takes. */
export function denied(): GraphError {
  return new GraphError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

/** @param message what is wrong with the request */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message);
}

export function unsupportedFilter(filter: string): GraphError {
  return new GraphError(
    400,
    'Request_UnsupportedQuery',
    `Unsupported or invalid query filter clause: '${filter}'.`,
  );
}
