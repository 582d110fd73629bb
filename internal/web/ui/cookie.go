package ui

import (
	"encoding/base64"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hostPrefix makes browsers refuse a cookie that another host of the same domain, or a page without TLS, has set.
const hostPrefix = "__Host-"

// Cookie returns a cookie for this browser: for the whole site and this host only, out of reach of scripts and of other
// sites' forms. When the browser came by TLS it is Secure and its name begins with __Host-. maxAge is in seconds; 0 ends
// with the browser, less than 0 deletes it. value must be of letters, digits, "-" and "_"; encode what is not.
func Cookie(r *http.Request, name, value string, maxAge int) *http.Cookie {
	// Secure is set as soon as there is TLS; intranets without it need the cookie too.
	c := &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if IsSecure(r) {
		c.Name, c.Secure = hostPrefix+name, true
	}
	return c
}

// CookieValue returns the value of a cookie that Cookie made; "" when the browser did not send it. By TLS only the name
// with the prefix counts, so that nobody can slip in another one.
func CookieValue(r *http.Request, name string) string {
	if IsSecure(r) {
		name = hostPrefix + name
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

const (
	flashCookie = "flash"
	maxFlash    = 200 // characters
	flashAge    = 60  // seconds; a page that is never loaded leaves nothing behind
)

// Done ends a form that was carried out: it sends the browser to url, a path of this site, where the next page says text
// once. Text of more than 200 characters is cut. It must not hold personal data: it passes through the browser.
func Done(w http.ResponseWriter, r *http.Request, url, text string) {
	if runes := []rune(text); len(runes) > maxFlash {
		text = string(runes[:maxFlash-1]) + "…"
	}
	http.SetCookie(w, Cookie(r, flashCookie, base64.RawURLEncoding.EncodeToString([]byte(text)), flashAge))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, LocalPath(url, "/"), http.StatusSeeOther) //nolint:gosec // LocalPath lets paths of this site through only
}

// flash returns what Done said, for a page that is about to be shown.
func flash(r *http.Request) string {
	if r.Method != http.MethodGet {
		return ""
	}
	data, err := base64.RawURLEncoding.DecodeString(CookieValue(r, flashCookie))
	text := string(data)
	if err != nil || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxFlash ||
		strings.ContainsFunc(text, unicode.IsControl) {
		return ""
	}
	return text
}

// forgetFlash deletes what Done said once a page has been shown.
func forgetFlash(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && CookieValue(r, flashCookie) != "" {
		http.SetCookie(w, Cookie(r, flashCookie, "", -1))
	}
}

// LocalPath returns raw when it is an address of this site that a browser cannot take for another one, else fallback.
// What comes from outside (?next=) goes through it before a redirect.
func LocalPath(raw, fallback string) string {
	if !strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "//") || strings.ContainsRune(raw, '\\') ||
		strings.ContainsFunc(raw, unicode.IsControl) {
		return fallback
	}
	return raw
}
