import type { Tokens } from './azure-fixture.ts';

export type ErrorStyle = 'azure' | 'entra' | 'graph' | 'oci' | 'blob' | 'kubernetes' | 'github' | 'document';

/** Valid, to be malformed. */
export interface SampleRequest {
  readonly host: string;
  readonly errorStyle: ErrorStyle;
  readonly method: string;
  readonly path: string;
  readonly token?: keyof Tokens;
  readonly contentType?: string;
  readonly body?: unknown;
  /** The method is never changed: others need the resource. */
  readonly onlyRead?: boolean;
}
