/** Everything the command line says, a table a language. */
import { contractTexts, type Language } from '../../common/texts.ts';
import type { Status } from '../../common/contract.ts';

/** Chinese unless the person's locale is English. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const locale = env['WANWU_LANG'] ?? env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '';
  return locale.toLowerCase().startsWith('en') ? 'en' : 'zh';
}

/** What makes a command speak of the same library. */
const libraryOption = (library: string | undefined) =>
  library === undefined ? '' : ` --library "${library}"`;

const zh = {
  usage: `万物相册 wanwu：在自己的电脑上给照片加中文标签

  wanwu tag <路径...>        识别这些文件夹或照片，完成后退出
  wanwu watch <路径...>      同上，并持续关注变化（Ctrl-C 结束）
  wanwu search <词...>       查找照片，多个词须同时满足
  wanwu tags                 所有标签和照片数
  wanwu show <照片>          一张照片的状态和标签（--scores 显示全部得分）
  wanwu failed               失败和跳过的文件及原因
  wanwu doctor               检查版本、设备和图库
  wanwu bench [文件夹]       测速：各阶段上限、各设备、整个引擎（不写文件夹时用生成的照片）
  wanwu packs [list]         模型列表；还有 info | use | remove | check <模型>
  wanwu packs import <模型.onnx> --labels <标签文件> [--manifest <清单>] [--name <名字>]
  wanwu packs export-triton <目录> [模型]   写成 Triton 模型仓库
  wanwu gpu [status] | install | remove     NVIDIA GPU 支持（Linux x64；--index <软件源>，--force 不检查机器）

  --library <目录>   图库位置（或环境变量 WANWU_LIBRARY）
  --json             输出给程序读的 JSON
  --device <设备>    auto | cpu | cuda | dml | coreml | webgpu，或推理服务器的地址：
                     http://主机:8000（KServe v2 / Triton，多个用逗号隔开；照片像素会发往这些地址；
                     令牌用环境变量 WANWU_SERVER_TOKEN；--connections 100 --connections-per-host 50）
  --limit <数量>     search 最多显示几张（默认 20）
  --workers <数量> --batch <数量> --delay <毫秒>   解码线程、批大小上限、凑批最长等待（不写则自动调优）
  --gentle           温和模式：少用一半处理器，降低优先级，给别的程序让路`,
  unknownCommand: (word: string) => `不认识的命令：${word}（wanwu --help 查看用法）`,
  unknownOption: (word: string) => `不认识的选项：${word}（wanwu --help 查看用法）`,
  optionNeedsValue: (name: string) => `选项 ${name} 后面需要一个值`,
  badNumber: (name: string, value: string) => `${name} 需要一个正整数，而不是“${value}”`,
  badDevice: (value: string) =>
    `不认识的设备：${value}（可用：auto cpu cuda dml coreml webgpu 或 http://主机:端口，IPv6 地址要加方括号）`,
  needsFolder: '请写上至少一个文件夹',
  needsPhoto: '请写上一张照片的路径',
  needsWords: '请写上要找的词',
  noArguments: (word: string) => `这个命令不需要“${word}”`,
  isNoFolder: (path: string) => `既不是文件夹也不是文件：${path}`,
  missingFolder: (path: string) => `找不到文件夹：${path}`,
  restarted: (why: string) => `引擎意外退出（${why}），已重新启动，继续工作`,
  interrupted: '已停止。下次运行会从这里继续。',
  deviceFallback: (device: string, reason: string) => `未使用 ${device}：${reason}`,
  damagedPack: (packs: string) =>
    `模型“${packs}”的文件不完整，先用其余的模型识别（wanwu packs check 查看）`,
  serverTrouble: (url: string, why: string) => `推理服务器 ${url}：${why}`,
  pixelsLeave: (servers: string) => `图片的像素会离开这台电脑，发往 ${servers}`,
  paused: {
    person: '已暂停',
    bench: '正在测速，暂停中',
    'disk-full': '磁盘已满，暂停中，腾出空间后自动继续',
    model: '模型无法运行，已停止',
  },
  bottlenecks: {
    idle: '空闲',
    scan: '正在扫描',
    read: '瓶颈：读取磁盘',
    decode: '瓶颈：解码',
    infer: '瓶颈：推理',
    save: '瓶颈：保存',
  } satisfies Record<Status['bottleneck'], string>,
  progress: (done: number, total: number, rate: string, eta: string) =>
    `${String(done)}/${String(total)} 张 · ${rate} 张/秒 · 剩余 ${eta}`,
  threads: (n: number, isTried: boolean) => `${isTried ? '试 ' : ''}${String(n)} 线程`,
  givingWay: '让路中',
  scanning: '正在扫描…',
  done: (seen: number, tagged: number, unchanged: number, failed: number, skipped: number) =>
    `完成：共 ${String(seen)} 张，新识别 ${String(tagged)}，未变化 ${String(unchanged)}，失败 ${String(failed)}，跳过 ${String(skipped)}`,
  speed: (seconds: string, rate: string, device: string) =>
    `用时 ${seconds} 秒，${rate} 张/秒，设备：${device}`,
  seeFailed: (library: string | undefined) => `原因见：wanwu failed${libraryOption(library)}`,
  watching: '正在关注变化，Ctrl-C 结束',
  found: (total: number, shown: number) =>
    total > shown
      ? `找到 ${String(total)} 张，显示前 ${String(shown)} 张`
      : `找到 ${String(total)} 张`,
  unknownWord: (word: string, suggestions: string[]) =>
    suggestions.length > 0
      ? `没有叫“${word}”的标签。是不是想找：${suggestions.join('、')}`
      : `没有叫“${word}”的标签`,
  packs: {
    needsName: (action: string): string =>
      action === 'import' ? '请写上模型文件（.onnx）' : '请写上模型的名字（wanwu packs list 查看）',
    needsFolder: '请写上要写入的文件夹',
    exported: (folder: string) => `已写好 Triton 模型：${folder}`,
    labels: (count: number) => `${String(count)} 个标签`,
    broken: (why: string) => `不能使用：${why}`,
    imported: (name: string, labels: number) => `已导入“${name}”，${String(labels)} 个标签`,
    fixedBatch: (size: number) =>
      `这个模型一次只接受 ${String(size)} 张，所以较慢；重新导出为动态批大小会更快（见 docs/model-packs.md）`,
    guessed: (what: string) => `以下是猜测，不对的话请用 --manifest 写明：${what}`,
    speed: (alone: string, company: string) => `CPU：单张 ${alone} 毫秒，成批每张 ${company} 毫秒`,
    difference: (value: string) => `单张与成批的最大差别：${value}`,
    useIt: (name: string) => `启用：wanwu packs use ${name}`,
    removed: (name: string) => `已删除“${name}”`,
  },
  bench: {
    steps: { photos: '准备照片', files: '读取与解码', infer: '推理', engine: '整个引擎' },
    photos: (count: number, megabytes: string, made: boolean) =>
      `${String(count)} 张${made ? '生成的 1200 万像素照片' : '照片'}，平均 ${megabytes} MB`,
    packs: (names: string) => `模型：${names}`,
    rate: '张/秒',
    cpu: 'CPU 毫秒/张',
    change: '比上次',
    read: '读取、校验（单独）',
    decode: '解码、缩略图（单独）',
    infer: (device: string, batch: number) => `推理 ${device} 批 ${String(batch)}（单独）`,
    ceiling: '这台机器的上限',
    engine: '整个引擎',
    used: '引擎占用的 CPU',
    efficiency: '效率（引擎 / 上限）',
    memory: '内存峰值',
    unmeasured: (device: string) => `${device} 没能单独测速，上限里没有算推理`,
    file: (file: string) => `已保存：${file}（旁边有 SVG 图）`,
  },
  gpu: {
    badIndex: (address: string) => `--index 需要 http(s) 地址，而不是“${address}”`,
    installed: (folder: string) => `GPU 支持已安装：${folder}`,
    absent: '未安装 GPU 支持',
    card: (name: string) => `可用的显卡：${name}`,
    plan: (download: string, disk: string, folder: string) =>
      `安装需下载 ${download} GB，占用 ${disk} GB，位置：${folder}。\n来自各自厂商公开发布的 Python 软件包，安装即表示接受其许可：`,
    steps: { download: '下载', unpack: '解压' },
    done: '已安装。用 wanwu doctor 查看 GPU 是否可用。',
    interrupted: '已停止。已下载的部分会保留，下次继续。',
    removed: 'GPU 支持已移除',
  },
  noTags: '还没有标签',
  untagged: '没有足够把握的标签',
  nothingFailed: '没有失败或跳过的文件',
  taken: { exif: '照片信息', name: '文件名', mtime: '修改时间' },
  show: {
    status: '状态',
    reason: '原因',
    size: '尺寸',
    taken: '拍摄时间',
    camera: '相机',
    place: '地点',
    companions: '同组文件',
    hash: '照片指纹',
    copies: '同一照片',
    tags: '标签',
    scores: '全部得分',
    damaged: '文件有损坏，已尽量显示',
  },
  doctor: {
    versions: '版本',
    pack: '模型',
    labels: (count: number) => `${String(count)} 个类别`,
    vocabulary: (tags: number) => `词表 ${String(tags)} 个标签`,
    devices: '设备',
    works: (ms: string) => `可用，每张 ${ms} 毫秒`,
    library: '图库',
    healthy: '正常',
    unhealthy: '有问题',
    contents: (photos: number, files: number, megabytes: string) =>
      `${String(photos)} 张照片，${String(files)} 个文件，目录 ${megabytes} MB`,
  },
};
export type CliTexts = typeof zh;

const en: CliTexts = {
  usage: `wanwu: Chinese tags for your photos, made on your own machine

  wanwu tag <path...>        tag these folders or photos, then end
  wanwu watch <path...>      the same, and stay for changes (Ctrl-C ends)
  wanwu search <word...>     find photos that have every word
  wanwu tags                 all tags with their counts
  wanwu show <photo>         state and tags of one photo (--scores: all scores)
  wanwu failed               failed and skipped files with the reason
  wanwu doctor               check versions, devices and the library
  wanwu bench [folder]       measure this machine: ceilings, devices, the whole engine (made photos without a folder)
  wanwu packs [list]         the models; also info | use | remove | check <model>
  wanwu packs import <model.onnx> --labels <file> [--manifest <file>] [--name <name>]
  wanwu packs export-triton <folder> [model]   writes a Triton model repository
  wanwu gpu [status] | install | remove      NVIDIA GPU support (Linux x64; --index <package index>,
                                             --force does not look at the machine)

  --library <folder>  where the library is (or WANWU_LIBRARY)
  --json              JSON for programs
  --device <device>   auto | cpu | cuda | dml | coreml | webgpu, or inference servers:
                      http://host:8000 (KServe v2 / Triton, commas between several; pixels of photos go
                      there; a token in WANWU_SERVER_TOKEN; --connections 100 --connections-per-host 50)
  --limit <count>     photos that search shows at most (20)
  --workers <count> --batch <count> --delay <ms>   decode threads, largest batch, longest wait
                      for one; what is not given is tuned while it works
  --gentle            half of the cores and a lower priority, to leave room for other programs`,
  unknownCommand: (word) => `unknown command: ${word} (see wanwu --help)`,
  unknownOption: (word) => `unknown option: ${word} (see wanwu --help)`,
  optionNeedsValue: (name) => `option ${name} needs a value`,
  badNumber: (name, value) => `${name} needs a positive whole number, not "${value}"`,
  badDevice: (value) =>
    `unknown device: ${value} (one of: auto cpu cuda dml coreml webgpu, or http://host:port, IPv6 in brackets)`,
  needsFolder: 'name at least one folder',
  needsPhoto: 'name one photo',
  needsWords: 'name the words to look for',
  noArguments: (word) => `this command takes no "${word}"`,
  isNoFolder: (path) => `neither a folder nor a file: ${path}`,
  missingFolder: (path) => `no such folder: ${path}`,
  restarted: (why) => `the engine ended (${why}) and was started again; work goes on`,
  interrupted: 'Stopped. The next run goes on from here.',
  deviceFallback: (device, reason) => `${device} is not used: ${reason}`,
  damagedPack: (packs) =>
    `the model "${packs}" is incomplete; the remaining models are used meanwhile (see wanwu packs check)`,
  serverTrouble: (url, why) => `inference server ${url}: ${why}`,
  pixelsLeave: (servers) => `the pixels of photos leave this machine, to ${servers}`,
  paused: {
    person: 'paused',
    bench: 'measuring this machine: paused',
    'disk-full': 'the disk is full: paused until there is space',
    model: 'the model cannot run: stopped',
  },
  bottlenecks: {
    idle: 'idle',
    scan: 'scanning',
    read: 'bound by reading',
    decode: 'bound by decoding',
    infer: 'bound by inference',
    save: 'bound by saving',
  },
  progress: (done, total, rate, eta) =>
    `${String(done)}/${String(total)} · ${rate}/s · ${eta} left`,
  threads: (n, isTried) => `${isTried ? 'trying ' : ''}${String(n)} threads`,
  givingWay: 'giving way',
  scanning: 'scanning…',
  done: (seen, tagged, unchanged, failed, skipped) =>
    `Done: ${String(seen)} photos, ${String(tagged)} tagged, ${String(unchanged)} unchanged, ${String(failed)} failed, ${String(skipped)} skipped`,
  speed: (seconds, rate, device) => `${seconds} s, ${rate}/s, device: ${device}`,
  seeFailed: (library) => `For the reasons: wanwu failed${libraryOption(library)}`,
  watching: 'Watching for changes; Ctrl-C ends',
  found: (total, shown) =>
    total > shown
      ? `${String(total)} found, the first ${String(shown)}:`
      : `${String(total)} found`,
  unknownWord: (word, suggestions) =>
    suggestions.length > 0
      ? `no tag is called "${word}". Did you mean: ${suggestions.join(', ')}`
      : `no tag is called "${word}"`,
  packs: {
    needsName: (action: string): string =>
      action === 'import' ? 'name a model file (.onnx)' : 'name a model (see wanwu packs list)',
    needsFolder: 'name the folder to write to',
    exported: (folder) => `wrote a Triton model: ${folder}`,
    labels: (count: number) => `${String(count)} labels`,
    broken: (why: string) => `cannot be used: ${why}`,
    imported: (name: string, labels: number) => `imported "${name}", ${String(labels)} labels`,
    fixedBatch: (size: number) =>
      `this model takes exactly ${String(size)} at a time and is slow for it; export it with a dynamic batch (docs/model-packs.md)`,
    guessed: (what: string) => `guessed; say it in a --manifest where it is wrong: ${what}`,
    speed: (alone: string, company: string) =>
      `CPU: ${alone} ms alone, ${company} ms a picture in a batch`,
    difference: (value: string) => `largest difference between alone and in a batch: ${value}`,
    useIt: (name: string) => `to use it: wanwu packs use ${name}`,
    removed: (name: string) => `removed "${name}"`,
  },
  bench: {
    steps: {
      photos: 'photos',
      files: 'reading and decoding',
      infer: 'inference',
      engine: 'engine',
    },
    photos: (count, megabytes, made) =>
      `${String(count)} ${made ? 'generated photos of 12 megapixels' : 'photos'}, ${megabytes} MB each`,
    packs: (names) => `models: ${names}`,
    rate: 'photos/s',
    cpu: 'CPU ms/photo',
    change: 'change',
    read: 'read, hash (alone)',
    decode: 'decode (alone)',
    infer: (device, batch) => `infer ${device} x ${String(batch)} (alone)`,
    ceiling: 'ceiling of this machine',
    engine: 'whole engine',
    used: 'CPU used by the engine',
    efficiency: 'engine / ceiling',
    memory: 'peak memory',
    unmeasured: (device) =>
      `${device} could not be measured alone: the ceiling leaves inference out`,
    file: (file) => `kept in ${file} (a chart beside it)`,
  },
  gpu: {
    badIndex: (address) => `--index needs an http(s) address, not "${address}"`,
    installed: (folder) => `GPU support is installed: ${folder}`,
    absent: 'GPU support is not installed',
    card: (name) => `a card that works: ${name}`,
    plan: (download, disk, folder) =>
      `to install: ${download} GB to download, ${disk} GB on disk, in ${folder}.\nPublic Python packages of their makers; installing them accepts their licences:`,
    steps: { download: 'downloading', unpack: 'unpacking' },
    done: 'Installed. wanwu doctor tells whether the GPU works.',
    interrupted: 'Stopped. What was downloaded is kept for the next time.',
    removed: 'GPU support is removed',
  },
  noTags: 'no tags yet',
  untagged: 'none that is sure enough',
  nothingFailed: 'nothing failed and nothing was skipped',
  taken: { exif: 'from the photo', name: 'from the name', mtime: 'from the file' },
  show: {
    status: 'state',
    reason: 'reason',
    size: 'size',
    taken: 'taken',
    camera: 'camera',
    place: 'place',
    companions: 'together with',
    hash: 'hash',
    copies: 'also at',
    tags: 'tags',
    scores: 'all scores',
    damaged: 'the file is damaged; what could be read is shown',
  },
  doctor: {
    versions: 'versions',
    pack: 'model',
    labels: (count) => `${String(count)} classes`,
    vocabulary: (tags) => `${String(tags)} tags in the vocabulary`,
    devices: 'devices',
    works: (ms) => `works, ${ms} ms a photo`,
    library: 'library',
    healthy: 'healthy',
    unhealthy: 'has problems',
    contents: (photos, files, megabytes) =>
      `${String(photos)} photos, ${String(files)} files, catalog ${megabytes} MB`,
  },
};

export const cliTexts: Record<Language, CliTexts> = { zh, en };
export const contractTextsFor = (language: Language) => contractTexts[language];
