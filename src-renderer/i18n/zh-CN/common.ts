import type { common as english } from '../en/common'

/** 多处共用的文字。 */
export const common: typeof english = {
  product: 'Keystead',
  cancel: '取消',
  close: '关闭',
  back: '返回',
  continue: '继续',
  retry: '重试',
  search: '搜索',
  clearSearch: '清除搜索',
  copied: '已复制。',
  copyWhole: '复制{what}',
  copyCode: '复制错误代码',
  saved: '已保存为 {name}。',
  saveFailed: '文件未能保存。',
  loading: '正在加载',
  never: '从不',
  listFailed: '无法加载列表。',
  showText: '显示输入内容',
  hideText: '隐藏输入内容',
  capsLock: '大写锁定已打开。',
}
