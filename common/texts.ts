/** Words for what the contract says in codes; one table a language, Simplified Chinese first. */
import type { Device, ErrorCode, FileState, Reason, ReasonCode } from './contract.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

export interface ContractTexts {
  reasons: Record<ReasonCode, string>;
  errors: Record<ErrorCode, string>;
  states: Record<FileState, string>;
  devices: Record<Device, string>;
}

export const contractTexts: Record<Language, ContractTexts> = {
  zh: {
    reasons: {
      empty: '文件是空的',
      link: '是链接，不跟随',
      'not-a-file': '不是普通文件',
      'not-a-picture': '内容不是图片',
      'unsupported-format': '暂不支持的格式',
      'file-too-large': '文件太大（超过 256 MB）',
      'picture-too-large': '图片像素太多',
      damaged: '文件已损坏',
      'model-error': '模型无法识别这张照片',
      'no-permission': '没有读取权限',
      'read-error': '读取出错',
      crashed: '读取时引擎两次崩溃',
      'timed-out': '读取时间过长',
    },
    errors: {
      'engine-gone': '引擎意外退出',
      'folder-missing': '找不到文件夹',
      internal: '内部错误',
      'invalid-params': '参数不正确',
      'library-busy': '图库正被另一个引擎使用',
      'library-damaged': '图库目录文件已损坏',
      'library-missing': '还没有图库，请先运行 wanwu tag <文件夹>',
      'library-newer': '图库由更新的版本创建，请升级后再打开',
      'model-damaged': '模型不完整或无法运行',
      'not-found': '图库里没有这个文件',
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
    },
  },
  en: {
    reasons: {
      empty: 'the file is empty',
      link: 'a link, not followed',
      'not-a-file': 'not a regular file',
      'not-a-picture': 'the content is not a picture',
      'unsupported-format': 'format not supported yet',
      'file-too-large': 'the file is too large (over 256 MB)',
      'picture-too-large': 'the picture has too many pixels',
      damaged: 'the file is damaged',
      'model-error': 'the model could not judge this photo',
      'no-permission': 'no permission to read it',
      'read-error': 'reading failed',
      crashed: 'the engine crashed twice while reading it',
      'timed-out': 'reading took too long',
    },
    errors: {
      'engine-gone': 'the engine ended unexpectedly',
      'folder-missing': 'no such folder',
      internal: 'internal error',
      'invalid-params': 'wrong parameters',
      'library-busy': 'the library is in use by another engine',
      'library-damaged': 'the library catalog is damaged',
      'library-missing': 'no library yet: run wanwu tag <folder> first',
      'library-newer': 'the library was made by a newer version: upgrade to open it',
      'model-damaged': 'the model is incomplete or cannot run',
      'not-found': 'this file is not in the library',
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
    },
  },
};

export function reasonText(language: Language, { code, detail }: Reason): string {
  const text = contractTexts[language].reasons[code];
  return detail === '' ? text : language === 'zh' ? `${text}：${detail}` : `${text}: ${detail}`;
}
