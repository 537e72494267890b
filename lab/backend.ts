import type { ToolProcess } from './tools/tool-wrappers.ts';
import type { RunnerHost } from './workflow/runner-host.ts';

export interface Backend {
  readonly host: RunnerHost;
  /** Empty if they are not measured. */
  readonly processes: readonly ToolProcess[];
  /** Later calls do nothing. */
  end(): Promise<void>;
}
