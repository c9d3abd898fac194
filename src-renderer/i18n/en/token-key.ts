/** Texts of the fields that choose a key on a token. */
export const tokenKey = {
  token: 'Token',
  key: 'Key',
  pin: 'PIN of the token',
  pinHelp: 'It is sent to the token and tried once.',
  logIn: 'Log in to the token',
  onReader: 'The PIN is typed on the keys of the reader.',
  noToken: 'No token is there. Insert one; new ones are initialised on the page Tokens, where modules are added as well.',
}
