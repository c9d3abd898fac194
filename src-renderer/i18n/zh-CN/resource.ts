import type { Messages } from '../en'

export const resource: Messages['resource'] = {
  tags: '标签',
  editTags: '编辑标签',
  saveTags: '保存标签',
  tagsSaved: '标签已保存。',
  description: '描述',
  descriptionNone: '还没有描述。',
  editDescription: '编辑描述',
  saveDescription: '保存描述',
  descriptionSaved: '描述已保存。',
  activity: '操作审计',
  tagsNone: { key: '还没有标签。标签可按团队、环境或用途整理密钥。', secret: '还没有标签。标签可按团队、环境或用途整理凭据。' },
  activityNone: { key: '还没有使用过此密钥。', secret: '还没有使用过此凭据。' },
  activityAll: { key: '显示此密钥的全部操作', secret: '显示此凭据的全部操作' },
}
