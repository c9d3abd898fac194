import { describe, expect, it } from 'vitest'
import { currentPathsEnvironment, dataFolder, defaultVaultFolder } from '../../../src-main/platform/paths'

const linux = { platform: 'linux', home: '/home/ada' } as const
const windows = { platform: 'win32', home: 'C:\\Users\\ada' } as const
const mac = { platform: 'darwin', home: '/Users/ada' } as const

describe('defaultVaultFolder', () => {
  it.each([
    ['home on Linux', { ...linux, env: {} }, '/home/ada/.local/share/keystead/vault'],
    ['XDG_DATA_HOME', { ...linux, env: { XDG_DATA_HOME: '/data' } }, '/data/keystead/vault'],
    ['no relative XDG_DATA_HOME', { ...linux, env: { XDG_DATA_HOME: 'data' } }, '/home/ada/.local/share/keystead/vault'],
    ['no empty XDG_DATA_HOME', { ...linux, env: { XDG_DATA_HOME: '' } }, '/home/ada/.local/share/keystead/vault'],
    ['KEYSTEAD_VAULT before all', { ...linux, env: { XDG_DATA_HOME: '/data', KEYSTEAD_VAULT: '/mnt/v' } }, '/mnt/v'],
    ['no empty KEYSTEAD_VAULT', { ...linux, env: { KEYSTEAD_VAULT: '' } }, '/home/ada/.local/share/keystead/vault'],
    ['macOS', { ...mac, env: { XDG_DATA_HOME: '/data' } }, '/Users/ada/Library/Application Support/Keystead/vault'],
    ['Windows', { ...windows, env: { LOCALAPPDATA: 'D:\\Local' } }, 'D:\\Local\\Keystead\\vault'],
    ['Windows without LOCALAPPDATA', { ...windows, env: {} }, 'C:\\Users\\ada\\AppData\\Local\\Keystead\\vault'],
    ['KEYSTEAD_VAULT on Windows', { ...windows, env: { KEYSTEAD_VAULT: 'E:\\v' } }, 'E:\\v'],
  ] as const)('takes %s', (_name, from, expected) => {
    expect(defaultVaultFolder(from)).toBe(expected)
  })

  it('resolves a relative KEYSTEAD_VAULT from the working folder', () => {
    expect(defaultVaultFolder({ ...currentPathsEnvironment(), env: { KEYSTEAD_VAULT: 'here' } })).toBe(`${process.cwd()}/here`)
  })
})

describe('dataFolder', () => {
  it('is the parent of the default vault', () => {
    expect(dataFolder({ ...linux, env: {} })).toBe('/home/ada/.local/share/keystead')
  })
})
