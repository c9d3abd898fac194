import type { tokenKey as english } from '../en/token-key'

/** 选择令牌上密钥的字段的文字。 */
export const tokenKey: typeof english = {
  token: '令牌',
  key: '密钥',
  pin: '令牌的 PIN 码',
  pinHelp: 'PIN 码会发送给令牌，只尝试一次。',
  logIn: '登录令牌',
  onReader: 'PIN 码在读卡器的键盘上输入。',
  noToken: '没有令牌。请插入令牌；新令牌在“令牌”页面初始化，模块也在那里添加。',
}
