package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

// Bytes that are no text, zero bytes and what is beyond the longest: each is the
// caller's mistake, wherever it comes in.
func TestNoInputBreaksTheService(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	root, b := s.demo(t, "root"), newBrowser(t, s)
	odd := []string{"%ff", "%00", "%f0%9f%98%80", "%ed%a0%80", strings.Repeat("a", 5000), "%0d%0aX:%20y", "'%22%3C%7B%7D%25s"}
	check := func(what string, status int) {
		t.Helper()
		if status >= 500 || status < 200 {
			t.Errorf("%s = %d", what, status)
		}
	}
	page := b.open(s.ask())
	action, fields := page.form(0)
	for _, text := range odd {
		for _, path := range []string{
			"/v1/users?email=", "/v1/users?firstName=", "/v1/users?cursor=", "/v1/users?sort=", "/v1/admin/audit?subject=", "/v1/admin/audit?actor=",
			"/v1/users/", "/v1/admin/oauth-clients/", "/oauth2/providers/",
		} {
			check(path+text, s.call(t, "GET", path+text, root.Access, nil).Status)
		}
		check("consent "+text, s.call(t, "DELETE", "/v1/users/me/consents/"+text, root.Access, nil).Status)
		for _, name := range []string{
			"client_id", "redirect_uri", "state", "nonce", "scope", "prompt", "max_age", "login_hint", "id_token_hint", "code_challenge",
			"response_type", "response_mode", "claims", "ui_locales", "request", text,
		} {
			check("authorize with "+name+"="+text, b.open(s.ask(name, "")+"&"+name+"="+text).status)
		}
		for _, name := range []string{
			"grant_type", "code", "code_verifier", "redirect_uri", "refresh_token", "scope", "client_id", "client_secret", "token", "token_type_hint",
		} {
			for _, grant := range []string{"authorization_code", "refresh_token", "client_credentials"} {
				form := url.Values{"grant_type": {grant}, "client_id": {strangerID}, "client_secret": {strangerPass}}
				form.Del(name)
				for _, path := range []string{"/oauth2/token", "/oauth2/revoke", "/oauth2/introspect"} {
					body := form.Encode() + "&" + name + "=" + text
					check(path+" "+body, s.call(t, "POST", path, "", body, "Content-Type", "application/x-www-form-urlencoded").Status)
				}
			}
		}
		for _, name := range []string{"email", "password"} {
			form := url.Values{"email": {client}, "password": {"Wr0ng-Secret"}, "token": fields["token"]}
			form.Del(name)
			request, err := http.NewRequest("POST", action, strings.NewReader(form.Encode()+"&"+name+"="+text))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := b.http.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			check("sign-in with "+name+"="+text, answer.StatusCode)
		}
		plain, err := url.QueryUnescape(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/v1/auth/login", "/v1/auth/register", "/v1/auth/refresh"} {
			body := map[string]any{"email": plain, "password": plain}
			if path == "/v1/auth/refresh" {
				body = map[string]any{"refreshToken": plain}
			}
			check(path, s.call(t, "POST", path, "", body).Status)
		}
	}
	for _, header := range []string{"Basic", "Basic x", "Basic " + strings.Repeat("A", 8000), "Basic Og==", "Basic /zr/", "Bearer x", "Digest a=b"} {
		check(header, s.call(t, "POST", "/oauth2/token", "", "grant_type=client_credentials",
			"Content-Type", "application/x-www-form-urlencoded", "Authorization", header).Status)
	}
	for _, method := range []string{"HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"} {
		for _, path := range []string{"/oauth2/authorize", "/oauth2/token", "/oauth2/revoke", "/oauth2/introspect", "/oauth2/userinfo", "/oauth2/sign-in", "/.well-known/jwks.json"} {
			check(method+" "+path, b.do(method, s.url+path, nil).status)
		}
	}
}

func TestScopeThatRootTookAwayIsGoneAtTheNextRefresh(t *testing.T) {
	t.Parallel()
	s := open(t)
	root := s.demo(t, "root")
	made := s.call(t, "POST", "/v1/admin/oauth-clients", root.Access, map[string]any{
		"id": "app", "name": "App", "redirectUris": []string{callback}, "grantTypes": []string{"authorization_code", "refresh_token"}, "scopes": []string{"openid", "shop"},
	}).is(201)
	secret := made["secret"].(string)
	app := s.stranger("openid", "shop")
	app.ClientID, app.ClientSecret = "app", secret
	verifier := oauth2.GenerateVerifier()
	token, err := app.Exchange(t.Context(), s.code(t, app, oauth2.S256ChallengeOption(verifier)), oauth2.VerifierOption(verifier))
	if err != nil || token.Extra("scope") != "openid shop" {
		t.Fatalf("token = %+v, %v", token, err)
	}
	s.call(t, "PATCH", "/v1/admin/oauth-clients/app", root.Access, map[string]any{"scopes": []string{"openid"}}).is(200)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}
	if given := s.exchange(t, form, "app", secret).is(200); given["scope"] != "openid" {
		t.Errorf("scope = %v, want openid alone", given["scope"])
	}
}
