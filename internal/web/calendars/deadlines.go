package calendars

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/ical"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// pageSize is how many deadlines a page lists.
const pageSize = 50

// listView is what the list of deadlines shows.
type listView struct {
	ui.Page
	list  clock.Page
	mine  bool
	first bool
	pager ui.Pager
}

func (c *Calendars) deadlines(w http.ResponseWriter, r *http.Request) error {
	parts, _, err := ui.ReadCursor(r, 2)
	if err != nil {
		return err
	}
	f := clock.Filter{Mine: r.URL.Query().Get("show") != "all", Limit: pageSize}
	if len(parts) == 2 {
		if f.After.Due, err = calendar.ParseDate(parts[0]); err != nil {
			return err
		}
		f.After.ID = clock.ID(parts[1])
	}
	page, err := c.Clock.DueFor(r.Context(), account.ActorOf(r.Context()), c.Perm, f)
	if err != nil {
		return err
	}
	v := listView{Page: c.Site.NewPage(r, "期限", "deadlines"), list: page, mine: f.Mine, first: len(parts) == 0}
	if page.Next != (clock.Cursor{}) {
		v.pager = ui.NewPager(r.URL, "", ui.Cursor(page.Next.Due.String(), string(page.Next.ID)))
	}
	return c.Site.Render(w, r, http.StatusOK, deadlinesPage(v))
}

// detailView is what the page of one deadline shows.
type detailView struct {
	ui.Page
	d clock.Detail
}

func deadlineURL(id clock.ID) string { return "/desk/deadlines/" + string(id) }

func (c *Calendars) deadline(w http.ResponseWriter, r *http.Request) error {
	d, err := c.Clock.Detail(r.Context(), account.ActorOf(r.Context()), c.Perm, clock.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return c.Site.Render(w, r, http.StatusOK, deadlinePage(detailView{c.Site.NewPage(r, d.Title, "deadlines"), d}))
}

// feedView is what the page of the feed shows. address is there only when the key was made just now.
type feedView struct {
	ui.Page
	since   time.Time
	there   bool
	address string
}

func (c *Calendars) feedView(r *http.Request) (v feedView, err error) {
	v = feedView{Page: c.Site.NewPage(r, "订阅到日历", "deadlines")}
	v.since, v.there, err = c.Clock.FeedSince(r.Context(), account.ActorOf(r.Context()))
	return v, err
}

func (c *Calendars) showFeed(w http.ResponseWriter, r *http.Request) error {
	v, err := c.feedView(r)
	if err != nil {
		return err
	}
	return c.Site.Render(w, r, http.StatusOK, feedPage(v))
}

// renewFeed makes a key and shows it this once, in the answer itself: a cookie or an address would carry it further.
func (c *Calendars) renewFeed(w http.ResponseWriter, r *http.Request) error {
	key, err := c.Clock.RenewFeed(r.Context(), account.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	v, err := c.feedView(r)
	if err != nil {
		return err
	}
	v.address = c.base(r) + "/desk/deadlines.ics?" + url.Values{"k": {key}}.Encode()
	return c.Site.Render(w, r, http.StatusOK, feedPage(v))
}

func (c *Calendars) closeFeed(w http.ResponseWriter, r *http.Request) error {
	if err := c.Clock.CloseFeed(r.Context(), account.ActorOf(r.Context())); err != nil {
		return err
	}
	ui.Done(w, r, "/desk/deadlines/feed", "订阅已停用，原来的地址打不开了")
	return nil
}

func (c *Calendars) base(r *http.Request) string {
	if c.BaseURL != "" {
		return strings.TrimSuffix(c.BaseURL, "/")
	}
	if ui.IsSecure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// maxEvents bounds a feed.
const maxEvents = 1000

// feed is one's own deadlines for a calendar program. It has no session: the key in its address says whose it is, and what
// that person may see is asked anew each time.
func (c *Calendars) feed(w http.ResponseWriter, r *http.Request) error {
	person, err := c.Clock.FeedOwner(r.Context(), r.URL.Query().Get("k"))
	if err != nil {
		return err
	}
	by, err := c.Actor(r.Context(), person)
	if err != nil {
		if errors.Is(err, fault.NotFound) || errors.Is(err, fault.SignIn) {
			return clock.ErrNotFound
		}
		return err
	}
	cal, err := c.events(r.Context(), by)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := ical.Write(&b, cal); err != nil {
		return fmt.Errorf("calendars: feed: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="deadlines.ics"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes())) // answers If-None-Match
	return nil
}

func (c *Calendars) events(ctx context.Context, by account.Actor) (ical.Calendar, error) {
	out := ical.Calendar{Name: "我的办件期限"}
	f := clock.Filter{Mine: true, Limit: 200}
	for len(out.Events) < maxEvents {
		page, err := c.Clock.DueFor(ctx, by, c.Perm, f)
		if err != nil {
			return out, err
		}
		for _, row := range page.Rows {
			out.Events = append(out.Events, c.event(page.Table, row))
		}
		if page.Next == (clock.Cursor{}) {
			return out, nil
		}
		f.After = page.Next
	}
	return out, nil
}

// event is a deadline in a calendar. The title of a clock holds no personal data; nothing else of the matter goes out.
func (c *Calendars) event(t calendar.Table, row clock.Row) ical.Event {
	e := ical.Event{UID: string(row.ID) + "@gongkai", Day: row.Due, Summary: row.Step() + "：" + row.Title, Changed: row.Changed,
		Text: "最后一天 " + day(t, row.Due)}
	if row.Provisional {
		e.Summary += "（暂定）"
	}
	if c.BaseURL != "" {
		e.Link = strings.TrimSuffix(c.BaseURL, "/") + deadlineURL(row.ID)
	}
	if clock.Ours(row.Input.Kind) {
		e.Remind = t.LastWorking(row.Due.AddDays(-1))
	}
	return e
}
