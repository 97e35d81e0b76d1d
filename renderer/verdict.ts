/** One plain sentence about what holds the work up, out of the status. Pure. */
import type { Status } from '../common/contract.ts';

export type VerdictCode =
  | 'paused'
  | 'measuring'
  | 'disk-full'
  | 'no-model'
  | 'idle'
  | 'scan'
  | 'read'
  | 'decode-gpu-waits'
  | 'decode'
  | 'gpu-full'
  | 'cpu-full'
  | 'servers-full'
  | 'save';

export interface Verdict {
  code: VerdictCode;
  tone: 'calm' | 'busy' | 'bad';
  /** Share of the stage that decides, 0..1; null where none does. */
  busy: number | null;
  /** Share of the device that still waits, 0..1. */
  spare: number | null;
}

function fullCode({ device }: Pick<Status, 'device'>): VerdictCode {
  if (device.name === 'remote') return 'servers-full';
  return usesGpu({ device }) ? 'gpu-full' : 'cpu-full';
}

function usesGpu({ device }: Pick<Status, 'device'>): boolean {
  return device.name !== null && device.name !== 'cpu' && device.name !== 'remote';
}

export function judge(status: Status): Verdict {
  const { stages, gpu } = status;
  const inferBusy = gpu ? gpu.utilisation : stages.infer.busy;
  const plain = (code: VerdictCode, tone: Verdict['tone']): Verdict => ({
    code,
    tone,
    busy: null,
    spare: null,
  });
  if (status.paused === 'disk-full') return plain('disk-full', 'bad');
  if (status.paused === 'model') return plain('no-model', 'bad');
  if (status.paused === 'person') return plain('paused', 'calm');
  if (status.paused === 'bench') return plain('measuring', 'calm');
  switch (status.bottleneck) {
    case 'idle':
      return plain('idle', 'calm');
    case 'scan':
      return plain('scan', 'calm');
    case 'read':
      return { code: 'read', tone: 'busy', busy: stages.read.busy, spare: 1 - inferBusy };
    case 'decode':
      return {
        code: usesGpu(status) ? 'decode-gpu-waits' : 'decode',
        tone: 'busy',
        busy: stages.decode.busy,
        spare: 1 - inferBusy,
      };
    case 'infer':
      return {
        code: fullCode(status),
        tone: 'busy',
        busy: inferBusy,
        spare: null,
      };
    case 'save':
      return { code: 'save', tone: 'busy', busy: stages.save.busy, spare: null };
  }
}
