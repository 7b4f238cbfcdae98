// What a result must say about the machine that it comes from.
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';

/** Beyond AVX2, as Linux names them. */
const INSTRUCTION_SETS = ['avx_vnni', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'avx512_fp16', 'amx_tile', 'amx_int8', 'amx_bf16'];

export function describeMachine(modulesFolder) {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(textOf('/proc/cpuinfo') ?? '')?.[1].split(' '));
  const llamaPackage = modulesFolder && textOf(path.join(modulesFolder, 'node-llama-cpp', 'package.json'));
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    logicalCpus: cpus().length,
    memoryBytes: totalmem(),
    instructionSets: INSTRUCTION_SETS.filter((name) => flags.has(name)),
    transparentHugePages: /\[(\w+)\]/.exec(textOf('/sys/kernel/mm/transparent_hugepage/enabled') ?? '')?.[1],
    node: process.versions.node,
    nodeLlamaCpp: llamaPackage && JSON.parse(llamaPackage).version,
  };
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
