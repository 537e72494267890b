import type { ToolProcess } from './tools/tool-wrappers.ts';
import type { Machine } from './workflow/runner-host.ts';

/** Where the steps of a run work: the emulated Azure, or the real one. */
export interface Cloud {
  readonly machine: Machine;
  /** The processes of az and kubectl so far, where they are measured. */
  readonly processes: readonly ToolProcess[];
  /** Ends what was opened and removes its private files; once, however often it is asked. */
  end(): Promise<void>;
}
