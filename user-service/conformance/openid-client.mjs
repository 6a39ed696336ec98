// openid-client, as an application would use it.
import * as client from 'openid-client'
import { say, hear, expect } from './talk.mjs'

const { issuer, app, service, redirect } = await hear()
const discover = (of) =>
  client.discovery(new URL(issuer), of.id, undefined, client.ClientSecretBasic(of.secret), { execute: [client.allowInsecureRequests] })

const config = await discover(app)
const pkceCodeVerifier = client.randomPKCECodeVerifier()
const expectedState = client.randomState()
const expectedNonce = client.randomNonce()
say(client.buildAuthorizationUrl(config, {
  redirect_uri: redirect, scope: 'openid profile email shop', state: expectedState, nonce: expectedNonce, max_age: '600',
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
}).href)

const callback = new URL(await hear())
const tokens = await client.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true, maxAge: 600 })
const claims = tokens.claims()
expect(claims.email === 'client@example.com' && claims.email_verified === false, 'an e-mail address that is not verified')
const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
expect(info.name === claims.name, 'the same name from the user info')

const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
expect(renewed.refresh_token !== tokens.refresh_token && renewed.id_token, 'a new refresh token and an ID token')
expect((await client.tokenIntrospection(config, renewed.access_token)).active, 'an active token')
await client.tokenRevocation(config, renewed.refresh_token)
expect(!(await client.tokenIntrospection(config, renewed.access_token)).active, 'a token that is not active any more')
await client.refreshTokenGrant(config, renewed.refresh_token).then(
  () => expect(false, 'a refusal'),
  (failure) => expect(failure.error === 'invalid_grant', 'invalid_grant'))

const own = await client.clientCredentialsGrant(await discover(service), { scope: 'product.validate' })
expect(own.scope === 'product.validate' && !own.refresh_token, 'a token of its own')
say('done')
process.exit(0)
