package controller

import (
	"strings"
	"testing"
)

// hostile would end an attribute, begin a tag, or make a hole of its own.
const hostile = `"'><script>alert(1)</script>&amp;{token}{query}`

func TestTextsStayTextsOnEveryPage(t *testing.T) {
	t.Parallel()
	f := frame{application: hostile, query: "a=1&b=" + hostile, token: "the-token"}
	pages := map[string]markup{
		"sign-in": signInForm(f, hostile, hostile, []providerLink{{Name: hostile, Address: "/x?" + hostile}}),
		"consent": consentForm(f, hostile, []string{hostile}, hostile),
		"failure": failurePage.text("message", hostile),
		"title":   layoutPage.text("title", hostile).put("content", ""),
	}
	for name, page := range pages {
		text := string(page)
		if strings.Contains(text, "<script") || strings.Contains(text, `"'`) || !strings.Contains(text, "&#34;&#39;&gt;&lt;script&gt;") {
			t.Errorf("%s shows a text as markup:\n%s", name, text)
		}
		if strings.Contains(text, "{") {
			t.Errorf("%s has a hole:\n%s", name, text)
		}
		if got := strings.Count(text, "the-token"); got > strings.Count(text, `name="token"`) {
			t.Errorf("%s tells the token %d times:\n%s", name, got, text)
		}
	}
}
