package desk

import (
	"net/http"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

// maxList is the most bytes that the list of agencies may take.
const maxList = 2 << 20

func (d *Desk) agencies(w http.ResponseWriter, r *http.Request) error {
	list, err := d.filings.Agencies(r.Context())
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, a := range list {
		b.WriteString(a.Name)
		if a.Group != "" {
			b.WriteString("，" + a.Group)
		}
		b.WriteString("\n")
	}
	p := d.site.NewPage(r, "应报机关名单", "expected")
	return d.site.Render(w, r, http.StatusOK, agenciesPage(p, b.String(), itoa(len(list)), "", r.URL.Query().Has("saved")))
}

func (d *Desk) saveAgencies(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxList)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Usage, "agency.form", "名单没有收完整或太大；请回到上一页再保存一次", err)
	}
	text := strings.ReplaceAll(r.PostForm.Get("list"), "\r\n", "\n")
	list, err := filing.ParseAgencies(text)
	if err != nil {
		p := d.site.NewPage(r, "应报机关名单", "expected")
		return d.site.Render(w, r, http.StatusBadRequest, agenciesPage(p, text, "", fault.Message(err), false))
	}
	if err := d.filings.Expect(r.Context(), account.ActorOf(r.Context()), list); err != nil {
		return err
	}
	http.Redirect(w, r, "/desk/reports/agencies?saved=1", http.StatusSeeOther)
	return nil
}
