/** Every word that the shell itself shows: menus, dialogs, the tray. Simplified Chinese first. */
import type { Language } from '../common/texts.ts';

export interface ShellTexts {
  app: string;
  file: string;
  addFolder: string;
  settings: string;
  quit: string;
  edit: string;
  undo: string;
  redo: string;
  cut: string;
  copy: string;
  paste: string;
  selectAll: string;
  find: string;
  view: string;
  panel: string;
  zoomIn: string;
  zoomOut: string;
  zoomReset: string;
  fullScreen: string;
  window: string;
  minimize: string;
  close: string;
  hide: string;
  chooseFolders: string;
  /** `files`: the kind of file that is looked for. */
  choosePackFile: Record<'model' | 'labels', { title: string; files: string }>;
  open: string;
  workLeft: (photos: number) => string;
  workLeftDetail: string;
  workOn: string;
  quitNow: string;
  cancel: string;
  working: (photos: number) => string;
}

export const shellTexts: Record<Language, ShellTexts> = {
  zh: {
    app: '万物相册',
    file: '文件',
    addFolder: '添加文件夹…',
    settings: '设置…',
    quit: '退出',
    edit: '编辑',
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    find: '搜索',
    view: '视图',
    panel: '性能面板',
    zoomIn: '放大',
    zoomOut: '缩小',
    zoomReset: '实际大小',
    fullScreen: '全屏',
    window: '窗口',
    minimize: '最小化',
    close: '关闭窗口',
    hide: '隐藏',
    chooseFolders: '选择照片文件夹',
    choosePackFile: {
      model: { title: '选择模型文件', files: 'ONNX 模型' },
      labels: { title: '选择模型的标签文件', files: '标签列表' },
    },
    open: '打开万物相册',
    workLeft: (photos) => `还有 ${photos.toLocaleString('zh-CN')} 张照片没有识别完`,
    workLeftDetail:
      '可以在后台继续识别，完成后自动退出；再次打开万物相册就能回到窗口。现在退出也不会丢失，下次会接着识别。',
    workOn: '后台继续',
    quitNow: '现在退出',
    cancel: '取消',
    working: (photos) => `万物相册：正在识别，还剩 ${photos.toLocaleString('zh-CN')} 张`,
  },
  en: {
    app: 'Wanwu Album',
    file: 'File',
    addFolder: 'Add Folder…',
    settings: 'Settings…',
    quit: 'Quit',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    find: 'Search',
    view: 'View',
    panel: 'Performance Panel',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    zoomReset: 'Actual Size',
    fullScreen: 'Full Screen',
    window: 'Window',
    minimize: 'Minimize',
    close: 'Close Window',
    hide: 'Hide',
    chooseFolders: 'Choose photo folders',
    choosePackFile: {
      model: { title: 'Choose a model file', files: 'ONNX model' },
      labels: { title: "Choose the model's label file", files: 'Label list' },
    },
    open: 'Open Wanwu Album',
    workLeft: (photos) =>
      photos === 1
        ? '1 photo is not tagged yet'
        : `${photos.toLocaleString('en')} photos are not tagged yet`,
    workLeftDetail:
      'Tagging can go on in the background and quits when it is done; open Wanwu Album again to return to the window. Nothing is lost by quitting now: it goes on next time.',
    workOn: 'Keep Working',
    quitNow: 'Quit Now',
    cancel: 'Cancel',
    working: (photos) => `Wanwu Album: tagging, ${photos.toLocaleString('en')} left`,
  },
};
