import type { CeremonyPurpose, CeremonyStep } from '../../src-shared/model/ceremony'
import type { Language } from './desktop-port'

/** What the papers of a key ceremony say. */
export interface CeremonyTexts {
  shareTitle: string
  protocolTitle: string
  custodian: string
  share: string
  shareOf: (number: number, count: number, threshold: number) => string
  set: string
  keyCheckValue: string
  key: string
  purpose: string
  purposes: Record<CeremonyPurpose, string>
  objectId: string
  token: string
  serial: string
  model: string
  software: string
  made: string
  split: string
  splitOf: (threshold: number, count: number | null) => string
  kind: string
  kinds: Record<'generate' | 'combine', string>
  none: string
  what: string
  keep: readonly string[]
  words: string
  steps: string
  stepTexts: Record<CeremonyStep, string>
  numbered: (number: number, participant: string) => string
  signatures: string
}

export const ceremonyTexts: Readonly<Record<Language, CeremonyTexts>> = {
  en: {
    shareTitle: 'Keystead key share',
    protocolTitle: 'Protocol of a key ceremony',
    custodian: 'Custodian',
    share: 'Share',
    shareOf: (number, count, threshold) => `${number} of ${count}; any ${threshold} give the key`,
    set: 'Set',
    keyCheckValue: 'Key check value',
    key: 'Key',
    purpose: 'For',
    purposes: { encrypt: 'encrypting and decrypting', wrap: 'wrapping and unwrapping keys' },
    objectId: 'Id on the token',
    token: 'Token',
    serial: 'Serial number',
    model: 'Model',
    software: 'software token, for trying out',
    made: 'Made',
    split: 'Shares',
    splitOf: (threshold, count) => (count === null ? `${threshold} needed` : `${count}, of which ${threshold} are needed`),
    kind: 'Ceremony',
    kinds: { generate: 'a key was made and split into shares', combine: 'a key was put together from shares' },
    none: '-',
    what: 'This is one share of a key. Alone it says nothing about the key; together with enough others it gives the key to whoever has them.',
    keep: [
      'Keep it sealed, apart from the other shares and from this computer.',
      'Do not photograph it, do not send it, and show it to nobody.',
      'Set and key check value tell which shares belong together. They are not secret.',
    ],
    words: 'Words',
    steps: 'What was done',
    stepTexts: {
      started: 'The ceremony began',
      'share-printed': 'Share printed',
      'share-confirmed': 'Share written down and typed back',
      'share-added': 'Share typed in',
      'key-known': 'The key was known and its check value worked out',
      'key-written': 'The key was written to the token: sensitive, not extractable',
      'key-checked': 'The token worked out the same key check value',
      'key-not-checked': 'The key check value could not be worked out on the token',
    },
    numbered: (number, participant) => `share ${number}, ${participant}`,
    signatures: 'Signatures',
  },
  'zh-CN': {
    shareTitle: 'Keystead 密钥分片',
    protocolTitle: '密钥仪式记录',
    custodian: '保管人',
    share: '分片',
    shareOf: (number, count, threshold) => `第 ${number} 份，共 ${count} 份；任意 ${threshold} 份可恢复密钥`,
    set: '组号',
    keyCheckValue: '密钥校验值',
    key: '密钥',
    purpose: '用途',
    purposes: { encrypt: '数据加密和解密', wrap: '包装和解包密钥' },
    objectId: '令牌上的标识',
    token: '令牌',
    serial: '序列号',
    model: '型号',
    software: '软件令牌，仅供试用',
    made: '生成时间',
    split: '分片数量',
    splitOf: (threshold, count) => (count === null ? `需要 ${threshold} 份` : `共 ${count} 份，需要其中 ${threshold} 份`),
    kind: '仪式类型',
    kinds: { generate: '生成密钥并拆分为分片', combine: '由分片恢复密钥' },
    none: '-',
    what: '这是一把密钥的一份分片。单独一份不透露密钥的任何信息；凑够数量后，持有者即可得到密钥。',
    keep: ['请密封保存，与其他分片及本计算机分开存放。', '不要拍照，不要发送，也不要给任何人看。', '组号和密钥校验值用于辨认哪些分片属于同一把密钥，它们不是秘密。'],
    words: '单词',
    steps: '操作经过',
    stepTexts: {
      started: '仪式开始',
      'share-printed': '已打印分片',
      'share-confirmed': '已抄写分片并输入核对',
      'share-added': '已输入分片',
      'key-known': '已得到密钥并计算校验值',
      'key-written': '密钥已写入令牌：敏感、不可导出',
      'key-checked': '令牌计算出的密钥校验值一致',
      'key-not-checked': '无法在令牌上计算密钥校验值',
    },
    numbered: (number, participant) => `第 ${number} 份，${participant}`,
    signatures: '签名',
  },
}
