// oauth4webapi, which checks every answer against the standards.
import * as oauth from 'oauth4webapi'
import { say, hear, expect } from './talk.mjs'

const { issuer, app, service, redirect } = await hear()
const insecure = { [oauth.allowInsecureRequests]: true }
const url = new URL(issuer)
for (const algorithm of ['oauth2', 'oidc']) {
  await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { ...insecure, algorithm }))
}
const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
expect(server.code_challenge_methods_supported.join() === 'S256', 'S256 alone')

const client = { client_id: app.id }
const secret = oauth.ClientSecretPost(app.secret)
const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const nonce = oauth.generateRandomNonce()
const ask = new URL(server.authorization_endpoint)
for (const [name, value] of Object.entries({
  client_id: app.id, redirect_uri: redirect, response_type: 'code', scope: 'openid email', state, nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
})) ask.searchParams.set(name, value)
say(ask.href)

const parameters = oauth.validateAuthResponse(server, client, new URL(await hear()), state)
const answer = await oauth.authorizationCodeGrantRequest(server, client, secret, parameters, redirect, verifier, insecure)
const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: nonce, requireIdToken: true })
await oauth.validateApplicationLevelSignature(server, answer, insecure)
const claims = oauth.getValidatedIdTokenClaims(tokens)
const info = await oauth.processUserInfoResponse(server, client, claims.sub, await oauth.userInfoRequest(server, client, tokens.access_token, insecure))
expect(info.email === 'client@example.com', 'the e-mail address')

const refresh = await oauth.refreshTokenGrantRequest(server, client, secret, tokens.refresh_token, insecure)
const renewed = await oauth.processRefreshTokenResponse(server, client, refresh)
const introspect = async () =>
  oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, secret, renewed.access_token, insecure))
expect((await introspect()).active, 'an active token')
await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, secret, renewed.refresh_token, insecure))
expect(!(await introspect()).active, 'a token that is not active any more')

const own = { client_id: service.id }
const grant = await oauth.clientCredentialsGrantRequest(server, own, oauth.ClientSecretBasic(service.secret), { scope: 'product.validate' }, insecure)
await oauth.processClientCredentialsResponse(server, own, grant)
say('done')
process.exit(0)
