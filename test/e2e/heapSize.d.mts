/** In MB, after a collection of garbage. */
export function heapMegabytes(pid: number): Promise<number>;
