/**
 * True if every base image has a digest. Such an image never changes; that of a tag gets fixes.
 * https://docs.docker.com/reference/dockerfile/#from
 */
export function basesArePinned(dockerfile: string): boolean {
  const stages = new Set<string>(['scratch']);
  const instructions = dockerfile.replace(/\\[ \t]*\r?\n/g, ' ').split(/\r?\n/);
  for (const instruction of instructions) {
    const base =
      /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(instruction) ??
      /^\s*(?:COPY|ADD|RUN)\s.*?(?:--from=|[,=]from=)([^\s,]+)/i.exec(instruction);
    if (!base) continue;
    const [, image = '', stage] = base;
    // A number refers to a stage by its position.
    const isStage = stages.has(image.toLowerCase()) || /^\d+$/.test(image);
    if (!isStage && !/@sha256:[0-9a-f]{64}$/i.test(image)) return false;
    if (stage) stages.add(stage.toLowerCase());
  }
  return true;
}
