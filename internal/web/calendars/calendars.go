// Package calendars is the pages of the calendar of working days, which an office maintains as legal data, and of the
// deadlines that are counted by it, with the feed of one's own for calendar programs.
package calendars

import (
	"context"
	"strconv"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Options are what the pages need beside the use cases.
type Options struct {
	Site  *ui.Site
	Clock *clock.Service
	// Perm is the permission by whose reach deadlines are listed.
	Perm account.Perm
	// Actor is a person with what they may do now, for their feed; fault.NotFound for a closed account.
	Actor func(context.Context, account.PersonID) (account.Actor, error)
	// BaseURL is the address of the site without a slash at the end; "" for that of the request.
	BaseURL string
	Now     func() time.Time
}

// Calendars serves the pages.
type Calendars struct{ Options }

// New returns the pages.
func New(o Options) *Calendars {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Calendars{o}
}

// Routes are the pages with what each needs. The feed is for whoever has its key: calendar programs do not sign in.
func (c *Calendars) Routes() map[string]door.Route {
	in, keep := door.SignedIn(), door.With(account.ManageSetting)
	return map[string]door.Route{
		"GET /desk/calendar":                       {Need: in, Handler: c.calendar},
		"GET /desk/calendar/new":                   {Need: keep, Handler: c.showNew},
		"POST /desk/calendar/new":                  {Need: keep, Handler: c.enter},
		"GET /desk/calendar/notices/{id}":          {Need: in, Handler: c.notice},
		"POST /desk/calendar/notices/{id}/approve": {Need: keep, Handler: c.approve},
		"POST /desk/calendar/notices/{id}/reject":  {Need: keep, Handler: c.reject},
		"GET /desk/calendar/recounts/{id}":         {Need: in, Handler: c.recount},
		"POST /desk/calendar/marks":                {Need: keep, Handler: c.saveMarks},
		"GET /desk/deadlines":                      {Need: in, Handler: c.deadlines},
		"GET /desk/deadlines/{id}":                 {Need: in, Handler: c.deadline},
		"GET /desk/deadlines/feed":                 {Need: in, Handler: c.showFeed},
		"POST /desk/deadlines/feed":                {Need: in, Handler: c.renewFeed},
		"POST /desk/deadlines/feed/close":          {Need: in, Handler: c.closeFeed},
		"GET /desk/deadlines.ics":                  {Need: door.Public(), Handler: c.feed},
	}
}

func (c *Calendars) today() calendar.Date { return calendar.On(c.Now()) }

// keeps reports whether somebody keeps the calendar.
func keeps(by account.Actor) bool { return by.CanAnywhere(account.ManageSetting) }

func itoa(n int) string { return strconv.Itoa(n) }
