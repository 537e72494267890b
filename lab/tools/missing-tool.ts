/** Something the lab needs is not on this machine. The message says what, and how to get it. */
export class MissingTool extends Error {}
