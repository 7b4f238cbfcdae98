export function denseBytesPerToken(
  summary: { tensors: readonly { name: string; bytes: number }[]; metadata: Readonly<Record<string, string | number>> },
  meanPositions: number,
): number;
