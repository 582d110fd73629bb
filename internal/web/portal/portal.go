// Package portal is the pages for everybody.
package portal

import (
	"net/http"

	"github.com/gongkai/gongkai/internal/web/ui"
)

// Home returns the home page.
func Home(site *ui.Site) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return site.Render(w, r, http.StatusOK, home(site.NewPage(r, "首页", "")))
	}
}

// Reports returns the page of annual reports that the site has published.
func Reports(site *ui.Site) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return site.Render(w, r, http.StatusOK, reports(site.NewPage(r, "政府信息公开年报", "annual")))
	}
}
