/** The one error of the GPU's runtime: a problem of the contract's list and the facts that fill its sentence. */
import { ContractError } from '../../common/contract.ts';
import type { GpuProblem } from '../../common/gpu.ts';

export function gpuTrouble(problem: GpuProblem, ...facts: string[]): ContractError {
  return new ContractError('gpu-refused', [problem, ...facts].join('\n'));
}
