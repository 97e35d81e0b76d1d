/** Words for how the work is done and why, for the window and the command line. */
import type { Status } from './contract.ts';
import type { Language } from './texts.ts';

type Tuning = Status['tuning'];
type Step = NonNullable<Tuning['step']>;

export interface TuningText {
  /** 正在让路：你正在使用电脑 */
  why: string;
  /** The setting in force. */
  setting: string;
}

interface Words {
  line: (title: string, why: string) => string;
  titles: Record<Tuning['phase'], string>;
  why: Record<Exclude<Tuning['reason'], 'trying' | 'faster'>, string>;
  threads: (n: number) => string;
  batch: (n: number) => string;
  trying: (value: string, before: number) => string;
  faster: (value: string, before: number, percent: string) => string;
  setting: (threads: string, batch: string) => string;
}

const tables: Record<Language, Words> = {
  zh: {
    line: (title, why) => `${title}：${why}`,
    titles: { exploring: '正在调优', steady: '自动调优', fixed: '按你的设置', gentle: '正在让路' },
    why: {
      usual: '先用默认设置，照片多时边做边试',
      'few-photos': '照片不多，来一张识别一张',
      kept: '试过附近的设置，现在的最快',
      fixed: '线程和批次由你指定',
      using: '你正在使用电脑',
      battery: '正在使用电池',
      asked: '温和模式已打开',
    },
    threads: (n) => `${String(n)} 个解码线程`,
    batch: (n) => `每批最多 ${String(n)} 张`,
    trying: (value, before) => `在试${value}（原来 ${String(before)}）`,
    faster: (value, before, percent) => `${value}比 ${String(before)} 快 ${percent}`,
    setting: (threads, batch) => `${threads}，${batch}`,
  },
  en: {
    line: (title, why) => `${title}: ${why}`,
    titles: {
      exploring: 'Tuning',
      steady: 'Tuned by itself',
      fixed: 'As you set it',
      gentle: 'Giving way',
    },
    why: {
      usual: 'the usual setting; others are tried when there are many photos',
      'few-photos': 'few photos, each is done as it comes',
      kept: 'its neighbours were tried and are no faster',
      fixed: 'threads and batches are your choice',
      using: 'you are using the computer',
      battery: 'running on battery',
      asked: 'gentle mode is on',
    },
    threads: (n) => (n === 1 ? '1 decode thread' : `${String(n)} decode threads`),
    batch: (n) => `at most ${String(n)} a batch`,
    trying: (value, before) => `trying ${value} (before: ${String(before)})`,
    faster: (value, before, percent) => `${value}: ${percent} faster than ${String(before)}`,
    setting: (threads, batch) => `${threads}, ${batch}`,
  },
};

export function tuningText(language: Language, tuning: Tuning): TuningText {
  const words = tables[language];
  return {
    why: words.line(words.titles[tuning.phase], whyText(words, tuning)),
    setting: words.setting(words.threads(tuning.decodeWorkers), words.batch(tuning.maxBatch)),
  };
}

function whyText(words: Words, { reason, step }: Tuning): string {
  switch (reason) {
    case 'trying':
    case 'faster':
      return step === null ? words.why.usual : stepText(words, step);
    default:
      return words.why[reason];
  }
}

function stepText(words: Words, { knob, from, to, gain }: Step): string {
  const value = knob === 'decodeWorkers' ? words.threads(to) : words.batch(to);
  if (gain === null) return words.trying(value, from);
  return words.faster(value, from, `${String(Math.round(gain * 100))} %`);
}
