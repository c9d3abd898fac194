/** What the pages of keys and of secrets have alike. */
export const resource = {
  tags: 'Tags',
  editTags: 'Edit tags',
  saveTags: 'Save tags',
  tagsSaved: 'Tags saved.',
  description: 'Description',
  descriptionNone: 'No description yet.',
  editDescription: 'Edit description',
  saveDescription: 'Save description',
  descriptionSaved: 'Description saved.',
  activity: 'Activity',
  tagsNone: { key: 'No tags yet. Tags sort keys by team, stage or purpose.', secret: 'No tags yet. Tags sort secrets by team, stage or purpose.' },
  activityNone: { key: 'Nothing has been done with this key yet.', secret: 'Nothing has been done with this secret yet.' },
  activityAll: { key: 'Show all activity of this key', secret: 'Show all activity of this secret' },
}
