import type { tokenWait as english } from '../en/token-wait'

/** 等待令牌的对话框。 */
export const tokenWait: typeof english = {
  insert: '请插入令牌“{label}”',
  text: '{what}{how}',
  what: {
    encrypt: '加密需要此令牌上的密钥。',
    decrypt: '解密需要此令牌上的密钥。',
    sign: '签名需要此令牌上的密钥。',
    mac: '此 MAC 需要此令牌上的密钥。',
    'data-key': '数据密钥需要此令牌上的密钥。',
    'create-key': '新密钥将在此令牌上生成。',
    'new-version': '密钥的新版本将在此令牌上生成。',
    certificate: '签署证书的密钥在此令牌上。',
    'read-secret': '此凭据由令牌上的密钥加密。',
    'save-secret': '此凭据由令牌上的密钥加密。',
    'rotate-secret': '此凭据由令牌上的密钥加密。',
    files: '这些文件需要此令牌上的密钥。',
    'finish-rotation': '重新加密需要此令牌上的密钥。',
  },
  many: '您启动的 {n} 项操作需要此令牌上的密钥。',
  goesOn: '令牌就绪后会询问 PIN 码，随后操作自动继续。',
  pin: 'PIN 码将发送给令牌，且只尝试一次。随后操作自动继续。',
  waiting: '正在等待令牌，插入后会自动识别。',
  noModule: '尚未添加令牌模块，无法识别任何令牌。请取消，并在“令牌”页面添加模块。',
  moduleTrouble: '当前无法向令牌模块查询令牌：{names}。',
}
