package entity

import "fmt"

// OAuthCode names a failure of OAuth2 or OpenID Connect.
type OAuthCode string

// The codes of RFC 6749 (4.1.2.1, 5.2) and OpenID Connect Core (3.1.2.6).
const (
	InvalidRequest          OAuthCode = "invalid_request"
	InvalidClient           OAuthCode = "invalid_client"
	InvalidGrant            OAuthCode = "invalid_grant"
	InvalidScope            OAuthCode = "invalid_scope"
	UnauthorizedClient      OAuthCode = "unauthorized_client"
	UnsupportedGrantType    OAuthCode = "unsupported_grant_type"
	UnsupportedResponseType OAuthCode = "unsupported_response_type"
	RequestNotSupported     OAuthCode = "request_not_supported"
	RequestURINotSupported  OAuthCode = "request_uri_not_supported"
	AccessDenied            OAuthCode = "access_denied"
	LoginRequired           OAuthCode = "login_required"
	ConsentRequired         OAuthCode = "consent_required"
	ServerError             OAuthCode = "server_error"
	TemporarilyUnavailable  OAuthCode = "temporarily_unavailable"
)

// OAuthError is a failure that an application is told in the words of OAuth2.
type OAuthError struct {
	Code        OAuthCode
	Description string // fit to show to anyone; ASCII without " and \
}

// Refuse returns a failure.
func Refuse(code OAuthCode, format string, args ...any) *OAuthError {
	return &OAuthError{Code: code, Description: fmt.Sprintf(format, args...)}
}

// Error tells code and description.
func (e *OAuthError) Error() string { return string(e.Code) + ": " + e.Description }
