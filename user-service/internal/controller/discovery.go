package controller

import (
	"net/http"
	"strings"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// metadata is what RFC 8414 and OpenID Connect Discovery 1.0 tell of a provider.
type metadata struct {
	Issuer               string             `json:"issuer"`
	Authorization        string             `json:"authorization_endpoint"`
	Token                string             `json:"token_endpoint"`
	Revocation           string             `json:"revocation_endpoint"`
	Introspection        string             `json:"introspection_endpoint"`
	UserInfo             string             `json:"userinfo_endpoint"`
	Keys                 string             `json:"jwks_uri"`
	Scopes               []string           `json:"scopes_supported"`
	ResponseTypes        []string           `json:"response_types_supported"`
	ResponseModes        []string           `json:"response_modes_supported"`
	Grants               []entity.GrantType `json:"grant_types_supported"`
	SubjectTypes         []string           `json:"subject_types_supported"`
	IDTokenAlgorithms    []string           `json:"id_token_signing_alg_values_supported"`
	ClientMethods        []string           `json:"token_endpoint_auth_methods_supported"`
	RevocationMethods    []string           `json:"revocation_endpoint_auth_methods_supported"`
	IntrospectionMethods []string           `json:"introspection_endpoint_auth_methods_supported"`
	ChallengeMethods     []string           `json:"code_challenge_methods_supported"`
	Claims               []string           `json:"claims_supported"`
	Prompts              []string           `json:"prompt_values_supported"`
	IssuerInAnswer       bool               `json:"authorization_response_iss_parameter_supported"`
	ClaimsParameter      bool               `json:"claims_parameter_supported"`
	RequestParameter     bool               `json:"request_parameter_supported"`
	RequestURIParameter  bool               `json:"request_uri_parameter_supported"`
	Documentation        string             `json:"service_documentation"`
}

func newMetadata(issuer string) metadata {
	base := strings.TrimSuffix(issuer, "/")
	secret := []string{"client_secret_basic", "client_secret_post"}
	any := append(secret[:2:2], "none")
	return metadata{
		Issuer:        issuer,
		Authorization: base + "/oauth2/authorize", Token: base + "/oauth2/token",
		Revocation: base + "/oauth2/revoke", Introspection: base + "/oauth2/introspect",
		UserInfo: base + "/oauth2/userinfo", Keys: base + "/.well-known/jwks.json",
		Scopes:        entity.PeoplesScopes(),
		ResponseTypes: []string{"code"}, ResponseModes: []string{"query"}, Grants: entity.GrantTypes(),
		SubjectTypes: []string{"public"}, IDTokenAlgorithms: []string{"RS256"},
		ClientMethods: any, RevocationMethods: any, IntrospectionMethods: secret, ChallengeMethods: []string{"S256"},
		Claims: []string{
			"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid",
			"name", "given_name", "family_name", "updated_at", "email", "email_verified",
		},
		Prompts:        entity.Prompts(),
		IssuerInAnswer: true, Documentation: base + "/docs",
	}
}

// describe answers with what applications have to know of the provider.
func (o *OAuth) describe() http.HandlerFunc {
	document := newMetadata(o.Origins.Issuer)
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, document)
	}
}
