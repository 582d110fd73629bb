// Package portal is the pages for everybody.
package portal

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Boards is what the home page needs of the use cases.
type Boards interface {
	Board(ctx context.Context, f filing.BoardFilter) (filing.Board, error)
}

// Home returns the home page.
func Home(site *ui.Site, b Boards) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		board, err := b.Board(r.Context(), filing.BoardFilter{})
		if err != nil {
			return err
		}
		c := counts{BoardCounts: board.Counts, Year: board.Year, Agencies: board.Total, Kept: board.Kept}
		return site.Render(w, r, http.StatusOK, home(site.NewPage(r, "首页", ""), c))
	}
}

type counts struct {
	filing.BoardCounts
	Year, Agencies, Kept int
}

func (c counts) kept() string     { return strconv.Itoa(c.Kept) }
func (c counts) agencies() string { return strconv.Itoa(c.Agencies) }
func (c counts) sound() string    { return strconv.Itoa(c.Sound) }
func (c counts) broken() string   { return strconv.Itoa(c.Broken) }
func (c counts) errors() string   { return strconv.Itoa(c.Errors) }
func (c counts) missing() string  { return strconv.Itoa(c.Missing) }

func (c counts) expected() string { return strconv.Itoa(c.Expected) }

func (c counts) doubtful() string {
	if c.Doubtful == 0 {
		return "能核对的都相符"
	}
	return "另有 " + strconv.Itoa(c.Doubtful) + " 家读数存疑"
}

func (c counts) year() string {
	if c.Year == 0 {
		return ""
	}
	return strconv.Itoa(c.Year) + " 年度"
}
