import { describe, expect, it } from 'vitest'
import { defaultKeyPolicy, keyPolicyProblem } from '../../../src-shared/model/key-policy'

const statement = { Effect: 'Allow', Principal: { RAM: ['acs:ram::5b1f2a34-0000:*'] }, Action: ['kms:*'], Resource: ['*'] }
const policy = (change: object = {}, more: object = {}) => JSON.stringify({ Version: '1', Statement: [{ ...statement, ...change }], ...more })

describe('key policy', () => {
  it('accepts the default one', () => {
    expect(keyPolicyProblem(defaultKeyPolicy('5b1f2a34-0000-4000-8000-00000000c0de'))).toBeNull()
  })

  it.each([
    [{}],
    [{ Sid: 'x'.repeat(128) }],
    [{ Effect: 'Deny' }],
    [{ Principal: { RAM: '*' } }],
    [{ Principal: { RAM: ['acs:ram::119285303511:user/alice', 'acs:ram::119285303511:role/ops-1'] } }],
    [{ Action: 'kms:Decrypt', Resource: '*' }],
    [{ Action: ['kms:List*', 'kms:DescribeKey'] }],
    [{ Condition: {} }],
    [{ Condition: { StringEquals: { 'kms:tag/team': ['a', 'b'], 'acs:SourceIp': '10.0.0.0/8' } } }],
  ])('accepts a statement with %j', (change) => {
    expect(keyPolicyProblem(policy(change))).toBeNull()
  })

  it.each([
    ['', 'JSON object'],
    ['{', 'JSON object'],
    ['[]', 'JSON object'],
    ['"1"', 'JSON object'],
    ['{}', 'Version "1"'],
    [JSON.stringify({ Version: 1, Statement: [statement] }), 'Version "1"'],
    [JSON.stringify({ Version: '2', Statement: [statement] }), 'Version "1"'],
    [JSON.stringify({ Version: '1' }), 'list of statements'],
    [JSON.stringify({ Version: '1', Statement: [] }), 'list of statements'],
    [JSON.stringify({ Version: '1', Statement: statement }), 'list of statements'],
    [JSON.stringify({ Version: '1', Statement: [null] }), 'JSON objects'],
    [policy({}, { Id: 'x' }), 'Version and Statement only'],
    [policy({ NotAction: ['kms:*'] }), 'Sid, Effect'],
    [policy({ Sid: 'x'.repeat(129) }), '128 characters'],
    [policy({ Sid: 5 }), '128 characters'],
    [policy({ Effect: 'allow' }), 'Effect'],
    [policy({ Principal: '*' }), 'Principals'],
    [policy({ Principal: { RAM: [] } }), 'Principals'],
    [policy({ Principal: { RAM: ['alice'] } }), 'Principals'],
    [policy({ Principal: { RAM: ['*'], Service: ['x'] } }), 'Principals'],
    [policy({ Action: [] }), 'Actions'],
    [policy({ Action: ['*'] }), 'Actions'],
    [policy({ Action: ['ecs:*'] }), 'Actions'],
    [policy({ Action: undefined }), 'Actions'],
    [policy({ Resource: ['acs:kms:local:x:key/y'] }), 'Resource'],
    [policy({ Condition: [] }), 'Conditions'],
    [policy({ Condition: { StringEquals: 'x' } }), 'Conditions'],
    [policy({ Condition: { StringEquals: { a: 1 } } }), 'Conditions'],
    [policy({ Sid: '密'.repeat(11_000) }), '32768 bytes'],
    [`${policy()}${' '.repeat(32_768)}`, '32768 bytes'],
  ])('refuses %.80s and says so: %s', (text, problem) => {
    expect(keyPolicyProblem(text)).toContain(problem)
  })
})
