package ui

import (
	"context"
	"net/http"
	"sync"
)

// Viewer is who is looking at the pages, as the head of the pages names him. The zero value is somebody who is not signed in.
type Viewer struct {
	Name     string
	Position string // what he does, such as “政府信息公开工作人员”; may be empty
	Agency   string // short name of his agency or office; may be empty
	Notices  int    // notices that he has not read
}

// In reports whether somebody is signed in.
func (v Viewer) In() bool { return v.Name != "" }

// under is the line below the name.
func (v Viewer) under() string {
	if v.Agency == "" || v.Position == "" {
		return v.Agency + v.Position
	}
	return v.Agency + " · " + v.Position
}

// MenuGroup is one part of the navigation of the desk, under a title that may be empty.
type MenuGroup struct {
	Title string
	Items []MenuItem
}

// MenuItem is one entry of the navigation. Key is what a page names as its Nav to be marked as current.
type MenuItem struct {
	Key, Href, Icon, Text string
	Count                 int // how many things wait there; 0 shows nothing
}

type contextKey int

const (
	viewerKey contextKey = iota
	menuKey
	scopeKey
)

// WithViewer says who is looking. The middleware that knows who is signed in calls it; NewPage puts it into Page.Viewer.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey, v)
}

// ViewerOf returns who is looking; the zero Viewer when nobody is signed in.
func ViewerOf(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey).(Viewer)
	return v
}

// WithMenu says which navigation the viewer has on the desk: what he may do, and how much of it waits. NewPage puts it
// into Page.Menu. Without it the pages of annual reports have theirs.
func WithMenu(ctx context.Context, m []MenuGroup) context.Context {
	return context.WithValue(ctx, menuKey, m)
}

func menuOf(ctx context.Context) []MenuGroup {
	m, _ := ctx.Value(menuKey).([]MenuGroup)
	return m
}

// scope is what is learnt about one request while it is answered, for its line in the log and for its cookies.
type scope struct {
	mu     sync.Mutex
	ref    string // names the request in the log and on its error page
	actor  string // the account that acts, by its id
	route  string // the pattern that was matched
	secure bool   // the browser came by TLS, here or at a proxy that is trusted
}

// scoped returns the scope of a request, and the request with one when it had none.
func scoped(r *http.Request) (*scope, *http.Request) {
	if sc, ok := r.Context().Value(scopeKey).(*scope); ok {
		return sc, r
	}
	sc := &scope{ref: reference(), secure: r.TLS != nil}
	return sc, r.WithContext(context.WithValue(r.Context(), scopeKey, sc))
}

func (s *scope) set(change func(*scope)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *scope) get() (ref, actor, route string, secure bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ref, s.actor, s.route, s.secure
}

// SetActor names, for the log, the account that acts in this request. id is an opaque id, never a name.
func SetActor(ctx context.Context, id string) {
	if sc, ok := ctx.Value(scopeKey).(*scope); ok {
		sc.set(func(s *scope) { s.actor = id })
	}
}

// Ref returns the number that names this request in the log and on its error page; "" outside Secure and RequestLog.
func Ref(ctx context.Context) string {
	sc, ok := ctx.Value(scopeKey).(*scope)
	if !ok {
		return ""
	}
	ref, _, _, _ := sc.get()
	return ref
}

// IsSecure reports whether the browser came by TLS: here, or at a proxy that Site.TrustProxy trusts.
func IsSecure(r *http.Request) bool {
	sc, ok := r.Context().Value(scopeKey).(*scope)
	if !ok {
		return r.TLS != nil
	}
	_, _, _, secure := sc.get()
	return secure
}
