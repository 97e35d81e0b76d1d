/** Words for what the contract says in codes; one table a language, Simplified Chinese first. */
import type {
  UsedDevice,
  DeviceReasonCode,
  ErrorCode,
  FileState,
  GpuProblem,
  PackProblem,
  Reason,
  ReasonCode,
  ServerTrouble,
  TroubleCode,
} from './contract.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export interface ContractTexts {
  reasons: Record<ReasonCode, string>;
  technical: (detail: string) => string;
  errors: Record<ErrorCode, string>;
  states: Record<FileState, string>;
  devices: Record<UsedDevice, string>;
  deviceReasons: Record<DeviceReasonCode, string>;
  troubles: Record<TroubleCode, string>;
  /** A sentence of its own, filled with facts. */
  packs: Record<PackProblem, (one: string, two: string) => string>;
  gpu: Record<GpuProblem, (one: string, two: string) => string>;
}

export const contractTexts: Record<Language, ContractTexts> = {
  zh: {
    reasons: {
      empty: '文件是空的',
      link: '是链接，不跟随',
      'not-a-file': '不是普通文件',
      'not-a-picture': '内容不是图片',
      'unsupported-format': '暂不支持的格式',
      'no-still': '实况照片里没有图片',
      video: '视频暂不支持',
      'file-too-large': '文件太大（超过 256 MB）',
      'picture-too-large': '图片像素太多',
      damaged: '文件已损坏',
      'model-error': '模型无法识别这张照片',
      'no-permission': '没有读取权限',
      'read-error': '读取出错',
      crashed: '读取时引擎两次崩溃',
      'timed-out': '读取时间过长',
    },
    technical: (detail) => `技术细节：${detail}`,
    errors: {
      cancelled: '已取消',
      'disk-full': '磁盘已满，没有存下来',
      'engine-gone': '引擎意外退出',
      'folder-missing': '找不到文件夹',
      'gpu-refused': '不能安装 GPU 支持',
      internal: '内部错误',
      'invalid-params': '参数不正确',
      'library-busy': '图库正被另一个引擎使用',
      'library-damaged': '图库目录文件已损坏',
      'library-missing': '还没有图库，请先运行 wanwu tag <文件夹>',
      'library-newer': '图库由更新的版本创建，请升级后再打开',
      'model-damaged': '模型不完整或无法运行',
      'no-photos': '没有能读出来的照片',
      'not-found': '图库里没有这个文件',
      'own-folder': '这是万物相册存放自己数据的文件夹，不能当作照片添加',
      'pack-refused': '不能使用这个模型',
      'read-only': '图库以只读方式打开，不能修改',
      'unknown-method': '引擎不认识这个请求',
    },
    states: {
      pending: '等待中',
      reading: '读取中',
      indexed: '已识别',
      failed: '失败',
      skipped: '已跳过',
      missing: '已不在原处',
      offline: '离线',
    },
    devices: {
      cuda: 'NVIDIA GPU (CUDA)',
      dml: 'GPU (DirectML)',
      coreml: 'Apple (Core ML)',
      webgpu: 'GPU (WebGPU)',
      cpu: 'CPU',
      remote: '推理服务器',
    },
    deviceReasons: {
      'other-system': '这个系统上没有',
      'not-installed': '没有安装它需要的运行库',
      'no-driver': '没有 NVIDIA 显卡，或没有安装它的驱动',
      'no-hardware': '没有找到可用的显卡',
      'no-model': '这个模型没有适合它的文件',
      slower: '比 CPU 慢',
      'out-of-memory': '显存不足',
      lost: '工作时出错，已停用',
      resting: '试跑时引擎两次意外退出，停用一天；在设置里选它，或运行 wanwu doctor，可再试一次',
      failed: '试跑失败',
    },
    troubles: {
      asking: '正在连接',
      unreachable: '连不上',
      'no-answer': '响应超时',
      'not-trusted': '证书不受信任；自签证书的 CA 文件要写在环境变量 NODE_EXTRA_CA_CERTS 里',
      'no-tls': '这个端口没有加密，地址要用 http://',
      'not-kserve': '这里不是 KServe v2 服务，请检查端口和路径（Triton 的 HTTP 端口通常是 8000）',
      'not-ready': '还没有准备好',
      'no-model': '服务器上没有这个模型；别的名字可写在地址里：/v2/models/名字',
      'other-model': '服务器上的模型不是这一个',
      'not-allowed': '没有权限，请检查令牌',
      'wrong-answer': '返回的结果不正确',
      failed: '服务器报错',
    },
    packs: {
      'bad-manifest': (where, why) => `清单里的 ${where} 缺少或不正确（${why}）`,
      'beside-another': (name) =>
        `“${name}”没有标签，只能与别的模型一起使用：wanwu packs use <模型> --extra ${name}`,
      'built-in': (name) => `“${name}”随程序提供，不能删除`,
      'cannot-run': (why) => `模型无法运行：${why}`,
      'cannot-write': (where, why) => `无法写入 ${where}（${why}）`,
      'cut-off': () => '模型文件不完整，可能没有下载完',
      'hash-mismatch': (file) => `文件 ${file} 与清单里的 sha256 不一致`,
      'in-use': (name) => `“${name}”正在使用，先换用别的模型再删除`,
      'input-channels': (name, shape) => `输入“${name}”的形状是 ${shape}，没有 3 个颜色通道`,
      'input-rank': (name, shape) => `输入“${name}”的形状是 ${shape}，应为四维（批、通道、高、宽）`,
      'input-type': (name, type) =>
        `输入“${name}”的类型是 ${type}，只支持 float32、float16 和 uint8`,
      'labels-blank': (at) => `标签文件的第 ${at} 个标签是空的`,
      'labels-count': (labels, width) => `标签有 ${labels} 个，模型输出有 ${width} 个，数量应相同`,
      'labels-empty': () => '标签文件里没有标签',
      'labels-encoding': () => '标签文件不是文本，或者不是 UTF-8、UTF-16、GBK 编码',
      'labels-gap': (index) => `标签的序号应连续，每个只出现一次，而 ${index} 不是这样`,
      'labels-json': () => '标签文件不是正确的 JSON',
      'labels-list': (found) => `标签文件里没有标签的列表，只找到：${found}`,
      'labels-ragged': (line) =>
        `标签文件第 ${line} 行的列数与第 1 行不同；含有逗号的内容要加双引号`,
      'many-inputs': (names) => `模型有多个输入（${names}），只支持一个图片输入`,
      'many-outputs': (names) => `模型有多个输出（${names}），请在清单的 output.name 里写明用哪个`,
      missing: (what) => `缺少：${what}`,
      'name-taken': (name) => `已经有叫“${name}”的模型，请先删除或用 --name 另取名字`,
      'needs-labels': () =>
        '还需要标签文件：--labels <文件>（一行一个，或 CSV、JSON，顺序与模型输出相同）',
      'no-input': () => '模型没有输入',
      'no-labels': (file) => `打不开标签文件：${file}`,
      'no-manifest': (file) => `打不开清单文件，或它不是 JSON：${file}`,
      'no-model': (file) => `打不开模型文件：${file}`,
      'no-output': () => '模型没有输出',
      'no-samples': (file) => `读不了试运行用的示例图片：${file}`,
      'no-such-input': (name, names) => `模型没有叫“${name}”的输入，只有：${names}`,
      'no-such-output': (name, names) => `模型没有叫“${name}”的输出，只有：${names}`,
      'not-onnx': () => '这不是 ONNX 模型文件',
      'other-values': (file, own) => `${file} 的输入或输出与 ${own} 不同，不能用作同一个模型`,
      'output-rank': (name, rank) => `输出“${name}”是 ${rank} 维，应为“批 × 标签”`,
      'too-new': (newest) => `模型的 ONNX 版本太新，请用较低的 opset 重新导出（${newest}）`,
      unknown: (name) => `没有叫“${name}”的模型（wanwu packs list 查看）`,
      'weights-apart': (file) => `权重文件 ${file} 不在模型旁边，请把它和模型导出到同一个文件夹`,
    },
    gpu: {
      busy: () => '正在安装，请等它完成',
      'no-answer': (url, why) => `下载失败（${why}）：${url}`,
      'no-card': (said) => `驱动没有找到显卡：${said}`,
      'no-driver': () => '没有 NVIDIA 显卡，或没有安装它的驱动（找不到 nvidia-smi）',
      'no-file': (file, page) => `软件源里没有 ${file}：${page}`,
      'no-index': () => '不知道从哪里下载：请安装 pip，或用 --index 写明 Python 软件源的地址',
      'no-space': (needed, free) => `磁盘空间不够：需要 ${needed} GB，只有 ${free} GB`,
      'old-card': (card, oldest) => `显卡 ${card} 太旧，CUDA 计算能力至少要 ${oldest}`,
      'old-driver': (driver, oldest) => `NVIDIA 驱动 ${driver} 太旧，至少要 ${oldest}`,
      'other-system': (system) => `只用于 Linux x64，这里是 ${system}`,
      'wrong-hash': (file) => `下载的文件与记录的 sha256 不一致，已丢弃：${file}`,
    },
  },
  en: {
    reasons: {
      empty: 'the file is empty',
      link: 'a link, not followed',
      'not-a-file': 'not a regular file',
      'not-a-picture': 'the content is not a picture',
      'unsupported-format': 'format not supported yet',
      'no-still': 'the live photo holds no picture',
      video: 'videos are not supported yet',
      'file-too-large': 'the file is too large (over 256 MB)',
      'picture-too-large': 'the picture has too many pixels',
      damaged: 'the file is damaged',
      'model-error': 'the model could not judge this photo',
      'no-permission': 'no permission to read it',
      'read-error': 'reading failed',
      crashed: 'the engine crashed twice while reading it',
      'timed-out': 'reading took too long',
    },
    technical: (detail) => `technical detail: ${detail}`,
    errors: {
      cancelled: 'cancelled',
      'disk-full': 'the disk is full; nothing was saved',
      'engine-gone': 'the engine ended unexpectedly',
      'folder-missing': 'no such folder',
      'gpu-refused': 'GPU support cannot be installed',
      internal: 'internal error',
      'invalid-params': 'wrong parameters',
      'library-busy': 'the library is in use by another engine',
      'library-damaged': 'the library catalog is damaged',
      'library-missing': 'no library yet: run wanwu tag <folder> first',
      'library-newer': 'the library was made by a newer version: upgrade to open it',
      'model-damaged': 'the model is incomplete or cannot run',
      'no-photos': 'there is no photo that can be read',
      'not-found': 'this file is not in the library',
      'own-folder': 'this folder holds the data of Wanwu Album itself and cannot be added',
      'pack-refused': 'this model cannot be used',
      'read-only': 'the library is open for reading only',
      'unknown-method': 'the engine does not know this request',
    },
    states: {
      pending: 'pending',
      reading: 'reading',
      indexed: 'tagged',
      failed: 'failed',
      skipped: 'skipped',
      missing: 'no longer there',
      offline: 'offline',
    },
    devices: {
      cuda: 'NVIDIA GPU (CUDA)',
      dml: 'GPU (DirectML)',
      coreml: 'Apple (Core ML)',
      webgpu: 'GPU (WebGPU)',
      cpu: 'CPU',
      remote: 'inference server',
    },
    deviceReasons: {
      'other-system': 'not on this system',
      'not-installed': 'the libraries it needs are not installed',
      'no-driver': 'no NVIDIA card, or its driver is not installed',
      'no-hardware': 'no graphics card that it can use was found',
      'no-model': 'this model has no file for it',
      slower: 'slower than the CPU',
      'out-of-memory': 'not enough memory on the card',
      lost: 'it broke while it worked',
      resting:
        'the engine ended twice while it was tried: left alone for a day; choose it in the settings or run wanwu doctor to try it again',
      failed: 'the trial run failed',
    },
    troubles: {
      asking: 'being asked',
      unreachable: 'cannot be reached',
      'no-answer': 'no answer in time',
      'not-trusted':
        'its certificate is not trusted: name the authority of your own one in NODE_EXTRA_CA_CERTS',
      'no-tls': 'this port has no encryption: begin the address with http://',
      'not-kserve':
        'no KServe v2 server is here: check port and path (the HTTP port of Triton is usually 8000)',
      'not-ready': 'not ready yet',
      'no-model': 'has no such model; name another in the address: /v2/models/name',
      'other-model': 'its model is another one',
      'not-allowed': 'not allowed: check the token',
      'wrong-answer': 'answers wrongly',
      failed: 'reports an error',
    },
    packs: {
      'bad-manifest': (where, why) => `${where} in the manifest is missing or wrong (${why})`,
      'beside-another': (name) =>
        `"${name}" has no labels and works beside another: wanwu packs use <model> --extra ${name}`,
      'built-in': (name) => `"${name}" comes with the app and cannot be removed`,
      'cannot-run': (why) => `the model cannot run: ${why}`,
      'cannot-write': (where, why) => `cannot write to ${where} (${why})`,
      'cut-off': () => 'the model file is cut off, perhaps a broken download',
      'hash-mismatch': (file) => `the file ${file} does not have the manifest's sha256`,
      'in-use': (name) => `"${name}" is in use: use another model before removing it`,
      'input-channels': (name, shape) =>
        `the input "${name}" has the shape ${shape}, without 3 colour channels`,
      'input-rank': (name, shape) =>
        `the input "${name}" has the shape ${shape}, not four dimensions (batch, channels, height, width)`,
      'input-type': (name, type) =>
        `the input "${name}" is ${type}; only float32, float16 and uint8 are supported`,
      'labels-blank': (at) => `label number ${at} is empty`,
      'labels-count': (labels, width) =>
        `there are ${labels} labels, but the model gives ${width} values`,
      'labels-empty': () => 'the label file has no labels',
      'labels-encoding': () => 'the label file is no text, or neither UTF-8 nor UTF-16 nor GBK',
      'labels-gap': (index) =>
        `labels are numbered without holes, each number once; ${index} is not`,
      'labels-json': () => 'the label file is no correct JSON',
      'labels-list': (found) => `the label file has no list of labels, only: ${found}`,
      'labels-ragged': (line) =>
        `line ${line} of the label file has another number of columns than the first; quote what has a comma in it`,
      'many-inputs': (names) => `the model has several inputs (${names}), not one picture`,
      'many-outputs': (names) =>
        `the model has several outputs (${names}): name the one to use in the manifest's output.name`,
      missing: (what) => `missing: ${what}`,
      'name-taken': (name) =>
        `there is a model named "${name}": remove it first, or give another --name`,
      'needs-labels': () =>
        'a label file is needed too: --labels <file> (one a line, CSV or JSON, in the order of the output)',
      'no-input': () => 'the model has no input',
      'no-labels': (file) => `cannot open the label file: ${file}`,
      'no-manifest': (file) => `cannot open the manifest, or it is not JSON: ${file}`,
      'no-model': (file) => `cannot open the model file: ${file}`,
      'no-output': () => 'the model has no output',
      'no-samples': (file) => `cannot read the sample pictures for the trial run: ${file}`,
      'no-such-input': (name, names) => `the model has no input named "${name}", only: ${names}`,
      'no-such-output': (name, names) => `the model has no output named "${name}", only: ${names}`,
      'not-onnx': () => 'this is no ONNX model',
      'other-values': (file, own) =>
        `${file} has other inputs or outputs than ${own} and cannot stand for it`,
      'output-rank': (name, rank) =>
        `the output "${name}" has ${rank} dimensions, not batch × labels`,
      'too-new': (newest) =>
        `the model is written in an ONNX that is too new: export it with a lower opset (${newest})`,
      unknown: (name) => `no model is named "${name}" (see wanwu packs list)`,
      'weights-apart': (file) =>
        `the weights ${file} do not lie beside the model: export both to one folder`,
    },
    gpu: {
      busy: () => 'it is being installed: wait until that is done',
      'no-answer': (url, why) => `the download failed (${why}): ${url}`,
      'no-card': (said) => `the driver found no card: ${said}`,
      'no-driver': () => 'no NVIDIA card, or its driver is not installed (no nvidia-smi)',
      'no-file': (file, page) => `the package index has no ${file}: ${page}`,
      'no-index': () =>
        'no package index is known: install pip, or name a Python package index with --index',
      'no-space': (needed, free) => `the disk has ${free} GB free and ${needed} GB are needed`,
      'old-card': (card, oldest) =>
        `the card ${card} is too old: CUDA compute capability ${oldest} or newer is needed`,
      'old-driver': (driver, oldest) =>
        `the NVIDIA driver ${driver} is too old: ${oldest} or newer is needed`,
      'other-system': (system) => `only for Linux x64; this is ${system}`,
      'wrong-hash': (file) => `the download does not have its sha256 and was thrown away: ${file}`,
    },
  },
};

/** Why a server is not asked: a phrase, and what was found. */
export function troubleText(language: Language, { code, detail }: ServerTrouble): string {
  const phrase = contractTexts[language].troubles[code];
  if (detail === '') return phrase;
  return language === 'zh' ? `${phrase}（${detail}）` : `${phrase} (${detail})`;
}

/** One sentence for an error that crossed the port. */
export function errorText(
  language: Language,
  { code, detail }: { code: ErrorCode; detail: string },
): string {
  const { errors, gpu, packs } = contractTexts[language];
  const [problem = '', ...facts] = detail.split('\n');
  if (code === 'pack-refused' && Object.hasOwn(packs, problem))
    return packs[problem as PackProblem](facts[0] ?? '', facts[1] ?? '');
  if (code === 'gpu-refused' && Object.hasOwn(gpu, problem))
    return gpu[problem as GpuProblem](facts[0] ?? '', facts[1] ?? '');
  const colon = language === 'zh' ? '：' : ': ';
  return detail === '' ? errors[code] : `${errors[code]}${colon}${detail}`;
}

/** Their details are what a library or the system said, in its own words; those of others are facts. */
const technical = new Set<ReasonCode>(['damaged', 'model-error', 'read-error']);

/** A reason's detail by itself; empty where it has none. */
export function reasonDetail(language: Language, { code, detail }: Reason): string {
  return detail !== '' && technical.has(code) ? contractTexts[language].technical(detail) : detail;
}

export function reasonText(language: Language, reason: Reason): string {
  const text = contractTexts[language].reasons[reason.code];
  const detail = reasonDetail(language, reason);
  if (detail === '') return text;
  if (technical.has(reason.code))
    return language === 'zh' ? `${text}（${detail}）` : `${text} (${detail})`;
  return language === 'zh' ? `${text}：${detail}` : `${text}: ${detail}`;
}
