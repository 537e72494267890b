import type { ToolProcess } from './tools/tool-wrappers.ts';
import type { RunnerHost } from './workflow/runner-host.ts';

/** The Azure that the steps of a run use: emulated or real. */
export interface Backend {
  readonly host: RunnerHost;
  /** Processes of az and kubectl so far. Empty if they are not measured. */
  readonly processes: readonly ToolProcess[];
  /** Ends what was started and removes private files. Later calls do nothing. */
  end(): Promise<void>;
}
