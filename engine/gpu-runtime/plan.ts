/**
 * What makes CUDA work for onnxruntime on Linux x64: which packages, which of their files, and what they
 * ask of the machine. All public wheels of their makers, of one CUDA major; licences stay beside the files.
 */
import manifest from '../../package.json' with { type: 'json' };

export interface Wheel {
  /** The package's name and version, as its maker says them. */
  name: string;
  version: string;
  file: string;
  bytes: number;
  sha256: string;
  licence: string;
  /** Members to keep; each is put into one flat folder under its own name. */
  keep: RegExp;
}

/** Bytes, sha256 and members are those of the published files; docs/gpu.md says how they were checked. */
export const wheels: readonly Wheel[] = [
  {
    name: 'onnxruntime-gpu',
    version: '1.29.0',
    file: 'onnxruntime_gpu-1.29.0-cp311-cp311-manylinux_2_28_x86_64.whl',
    bytes: 202_176_559,
    sha256: 'de3caf93887ba4ad51c7d3cab04c7b464f9dd93c51047be5bfb413fd4a191e6a',
    licence: 'MIT',
    keep: /^onnxruntime\/(?:capi\/libonnxruntime(?:\.so\.[\d.]+|_providers_(?:cuda|shared)\.so)|LICENSE|ThirdPartyNotices\.txt)$/,
  },
  {
    name: 'nvidia-cuda-runtime',
    version: '13.1.80',
    file: 'nvidia_cuda_runtime-13.1.80-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    bytes: 2_297_816,
    sha256: 'dac25b52e69050e5a7a84957e6df470a85b185f8f648a99a1ab1dfce027576cf',
    licence: 'NVIDIA CUDA EULA',
    keep: /\/lib\/libcudart\.so\.13$|License\.txt$/,
  },
  {
    name: 'nvidia-cublas',
    version: '13.2.1.1',
    file: 'nvidia_cublas-13.2.1.1-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 401_085_577,
    sha256: '8c13c93cf8be4480b4909905c96d2d31575b4af43fcd3af0e84af94762665e4f',
    licence: 'NVIDIA CUDA EULA',
    keep: /\/lib\/libcublas(?:Lt)?\.so\.13$|License\.txt$/,
  },
  {
    name: 'nvidia-curand',
    version: '10.4.1.81',
    file: 'nvidia_curand-10.4.1.81-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 59_950_480,
    sha256: '6ea66d0de7e71472b800829b525df15027bd3d8d0c475778a4d2b2abc7b453bb',
    licence: 'NVIDIA CUDA EULA',
    keep: /\/lib\/libcurand\.so\.10$|License\.txt$/,
  },
  {
    name: 'nvidia-cuda-nvrtc',
    version: '13.1.115',
    file: 'nvidia_cuda_nvrtc-13.1.115-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    bytes: 46_564_545,
    sha256: 'd7cf1284ab82f379884decc8813d9d4a729bc96b1ec020a9cf80303f698d73c4',
    licence: 'NVIDIA CUDA EULA',
    keep: /\/lib\/libnvrtc(?:-builtins)?\.so\.[\d.]+$|License\.txt$/,
  },
  {
    name: 'nvidia-cudnn-cu13',
    version: '9.20.0.48',
    file: 'nvidia_cudnn_cu13-9.20.0.48-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 366_173_588,
    sha256: '0c45dd8eeb50b603f07995b1b300c62ffe6a1980482b82b3bcf94a4ca9d49304',
    licence: 'NVIDIA cuDNN SLA',
    keep: /\/lib\/libcudnn[\w]*\.so\.9$|License\.txt$/,
  },
];

/** Everything that is kept, on disk. */
export const installedBytes = 1_562_000_000;

/** The oldest driver that CUDA 13 runs on, and the oldest cards that the provider was built for. */
export const oldestDriver = '580.65.06';
export const oldestCapability = '7.5';

/** Another plan or another onnxruntime lies in another folder and is installed anew. */
export const planName = `ort-${manifest.dependencies['onnxruntime-node']}-cuda-13.1`;
