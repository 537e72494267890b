import type { ErrorStyle } from './sample-request.ts';
import type { RawResponse } from './tunnel.ts';

/**
 * Errors need the service's format, and 5xx is only for what Azure answers with 5xx.
 * @param answer `undefined` if the connection was closed without one
 */
export function findInvalidError(
  answer: RawResponse | undefined,
  errorStyle: ErrorStyle,
  method: string,
): string | undefined {
  if (answer === undefined) return undefined;
  const { status, headers, body, streamed } = answer;
  if (status < 400) return undefined;
  const text = body.toString('utf8');
  if (status >= 500 && !expected5xx(status, text)) return `${status} ${text}`;
  if (method === 'HEAD') return body.length === 0 ? undefined : 'the answer to HEAD has a body';
  // Node answers an unknown `expect` header with an empty chunked body.
  if (status === 417) return undefined;
  if (streamed) return `the error ${status} is a stream`;
  // Not HTTP: rejected without a body before it reaches a service.
  const unread = [400, 408, 413, 431].includes(status) && text === '' && headers.connection === 'close';
  if (unread) return undefined;
  return isValidError[errorStyle](parsed(text), status, text)
    ? undefined
    : `the error does not have the format of ${errorStyle}: ${status} ${text}`;
}

/** A service threw, or an unhandled rejection. */
export function reportsDefect(line: string): boolean {
  return /(?:^|: )[A-Z-]+ https?:\S* failed: |unhandled/.test(line);
}

/** Upgrades, storage limits, unknown hosts, and messages of Kubernetes. */
function expected5xx(status: number, text: string): boolean {
  if (status === 501) return true;
  if (status === 502) return text.startsWith('getaddrinfo ENOTFOUND');
  return (
    status === 500 && /does not contain declared merge key|unknown patch type|strconv\.ParseUint/.test(text)
  );
}

type ErrorCheck = (body: unknown, status: number, text: string) => boolean;

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;

const azure: ErrorCheck = body => {
  const error = member(body, 'error');
  return isText(member(error, 'code')) && isText(member(error, 'message'));
};

const isValidError: Readonly<Record<ErrorStyle, ErrorCheck>> = {
  // AKS has code and message at the top.
  azure: (body, status, text) =>
    azure(body, status, text) || (isText(member(body, 'code')) && isText(member(body, 'message'))),
  graph: azure,
  entra: (body, status, text) => {
    // Unknown paths have no error body.
    if (status === 404 && text === '') return true;
    const codes = member(body, 'error_codes');
    return (
      isText(member(body, 'error')) &&
      /^AADSTS\d+: .* Trace ID: .* Correlation ID: .* Timestamp: /s.test(
        String(member(body, 'error_description')),
      ) &&
      Array.isArray(codes) &&
      codes.every(Number.isInteger)
    );
  },
  oci: body => {
    const errors = member(body, 'errors');
    return Array.isArray(errors) && errors.length > 0 && errors.every(each => isText(member(each, 'code')));
  },
  blob: (_, __, text) => /<Error><Code>\w+<\/Code><Message>[^<]+<\/Message><\/Error>$/.test(text),
  // Unknown paths.
  kubernetes: (body, status, text) =>
    (status === 404 && text === '404 page not found\n') ||
    (member(body, 'kind') === 'Status' &&
      member(body, 'apiVersion') === 'v1' &&
      member(body, 'status') === 'Failure' &&
      member(body, 'code') === status &&
      typeof member(body, 'message') === 'string'),
  github: (body, status, text) => isText(member(body, 'message')) || (status === 404 && text === ''),
  document: (body, status, text) =>
    (status === 404 && text === '') || isText(member(body, 'message')) || azure(body, status, text),
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
