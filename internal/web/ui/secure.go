package ui

import (
	"net/http"
	"strings"
	"time"
)

// policy is the content security policy: everything from this server, nothing inline, nothing from outside.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Secure sets the security headers on all answers, refuses everything but reading when it comes from another site, whatever
// the route, and keeps the size of type.
func (s *Site) Secure(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		message := "这个请求来自别的网站，为安全起见没有执行；请在本站页面上重新操作"
		if WantsJSON(r) {
			return s.JSON(w, r, http.StatusForbidden, map[string]string{"code": "web.cross_origin", "message": message})
		}
		return s.Render(w, r, http.StatusForbidden, ErrorPage(s.NewPage(r, titleOf(http.StatusForbidden), ""), message, ""))
	}))
	return s.headers(guard.Handler(sizes(next)))
}

// hsts tells browsers to come by TLS only, for a year.
const hsts = "max-age=31536000"

func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sc, r := scoped(r)
		if s.TrustProxy != nil && r.Header.Get("X-Forwarded-Proto") == "https" && s.TrustProxy(r) {
			sc.set(func(s *scope) { s.secure = true })
		}
		h := w.Header()
		if IsSecure(r) {
			h.Set("Strict-Transport-Security", hsts)
		}
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		next.ServeHTTP(w, r)
	})
}

// sizes turns ?size= into a cookie and goes on without it, so that addresses that are passed on carry nobody's size.
func sizes(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		size := q.Get("size")
		if r.Method != http.MethodGet || (size != "m" && size != "l" && size != "xl") {
			next.ServeHTTP(w, r)
			return
		}
		//nolint:gosec // the script sets this cookie too, and intranets without TLS need it; it holds no secret
		http.SetCookie(w, &http.Cookie{Name: "size", Value: size, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
			SameSite: http.SameSiteLaxMode})
		q.Del("size")
		u := *r.URL
		u.RawQuery = q.Encode()
		u.Scheme, u.Host, u.RawPath = "", "", ""
		u.Path = "/" + strings.TrimLeft(u.Path, "/\\")           // never "//host", which would lead away
		http.Redirect(w, r, u.RequestURI(), http.StatusSeeOther) //nolint:gosec // one slash at the beginning: a path of this site
	})
}
