import type { Tokens } from './azure-fixture.ts';

/** The format of a service's errors. */
export type ErrorStyle = 'azure' | 'entra' | 'graph' | 'oci' | 'blob' | 'kubernetes' | 'github' | 'document';

/** A valid request, to be malformed. */
export interface SampleRequest {
  readonly host: string;
  readonly errorStyle: ErrorStyle;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly token?: keyof Tokens;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Its resource is needed until the end: the method is never changed. */
  readonly onlyRead?: boolean;
}
