/** Words for how the work is done and why, for the window and the command line. */
import type { Tuning } from './contract.ts';
import type { Language } from './texts.ts';

type Step = NonNullable<Tuning['step']>;

export interface TuningText {
  /** 已降低占用：你正在使用电脑 */
  why: string;
  /** The setting in force. */
  setting: string;
}

interface Words {
  line: (title: string, why: string) => string;
  titles: Record<Tuning['phase'], string>;
  why: Record<Exclude<Tuning['reason'], 'trying' | 'faster'>, string>;
  knobs: Record<Step['knob'], string>;
  trying: (knob: string, from: number, to: number) => string;
  faster: (knob: string, from: number, to: number, percent: string) => string;
  setting: (threads: number, batch: number) => string;
}

const tables: Record<Language, Words> = {
  zh: {
    line: (title, why) => `${title}：${why}`,
    titles: {
      exploring: '正在调优',
      steady: '自动调优',
      fixed: '按你的设置',
      gentle: '已降低占用',
    },
    why: {
      usual: '先用默认设置，照片多时边做边试',
      'few-photos': '照片不多，来一张识别一张',
      kept: '试过相近的设置，当前设置最快',
      fixed: '线程和批次由你指定',
      using: '你正在使用电脑',
      battery: '正在使用电池',
      asked: '温和模式已打开',
    },
    knobs: { decodeWorkers: '解码线程', maxBatch: '批次上限' },
    trying: (knob, from, to) => `在试${knob} ${String(from)} → ${String(to)}`,
    faster: (knob, from, to, percent) => `${knob} ${String(from)} → ${String(to)}，快了 ${percent}`,
    setting: (threads, batch) => `${String(threads)} 个解码线程，每批最多 ${String(batch)} 张`,
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
    knobs: { decodeWorkers: 'decode threads', maxBatch: 'largest batch' },
    trying: (knob, from, to) => `trying ${knob} ${String(from)} → ${String(to)}`,
    faster: (knob, from, to, percent) =>
      `${knob} ${String(from)} → ${String(to)} made it ${percent} faster`,
    setting: (threads, batch) =>
      `${String(threads)} decode ${threads === 1 ? 'thread' : 'threads'}, at most ${String(batch)} a batch`,
  },
};

export function tuningText(language: Language, tuning: Tuning): TuningText {
  const words = tables[language];
  return {
    why: words.line(words.titles[tuning.phase], whyText(words, tuning)),
    setting: words.setting(tuning.decodeWorkers, tuning.maxBatch),
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

function stepText({ knobs, trying, faster }: Words, { knob, from, to, gain }: Step): string {
  if (gain === null) return trying(knobs[knob], from, to);
  return faster(knobs[knob], from, to, `${String(Math.round(gain * 100))} %`);
}
