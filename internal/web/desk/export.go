package desk

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// exports are the kinds in which a report is written again, in the order of the page.
var exports = []string{"docx", "pdf", "xlsx", "html", "md", "json", "csv"}

var mediaTypes = map[string]string{
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pdf":  "application/pdf",
	"html": "text/html; charset=utf-8",
	"md":   "text/markdown; charset=utf-8",
	"json": "application/json; charset=utf-8",
	"csv":  "text/csv; charset=utf-8",
}

// download serves the files of a report: original, and export.docx and its like.
func (d *Desk) download(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	if name == "original" {
		return d.original(w, r)
	}
	ext, ok := strings.CutPrefix(name, "export.")
	if !ok || !slices.Contains(exports, ext) {
		return ui.ErrNotFound
	}
	rec, err := d.filings.Report(r.Context(), filing.ReportID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if rec.Report == nil {
		return errNotRead
	}
	var b bytes.Buffer
	if err := d.writers.Export(&b, docio.Kind(ext), rec.Report); err != nil {
		return err
	}
	name = strings.TrimSuffix(rec.FileName, path.Ext(rec.FileName))
	if rec.Agency != "" && rec.Year != 0 {
		name = rec.Agency + itoa(rec.Year) + "年政府信息公开工作年度报告"
	}
	attach(w, name+"."+ext, mediaTypes[ext])
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	return send(w, &b)
}

// original serves the file as it was handed in, never to be shown by the browser as a page of this site.
func (d *Desk) original(w http.ResponseWriter, r *http.Request) error {
	name, f, err := d.filings.Original(r.Context(), filing.ReportID(r.PathValue("id")))
	if err != nil {
		return err
	}
	defer f.Close() // opened for reading only, and the answer may end in a panic
	attach(w, name, "application/octet-stream")
	return send(w, f)
}

// attach names the file that follows; the name is given twice, for browsers that know only one way.
func attach(w http.ResponseWriter, name, media string) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "private, no-store")
	ext := path.Ext(name)
	plain := mime.FormatMediaType("attachment", map[string]string{"filename": "report" + ascii(ext)})
	h.Set("Content-Disposition", plain+"; filename*=UTF-8''"+url.PathEscape(name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, s)
}

// send copies the body. Once it has begun there is no way to tell an error but to end early, and a client that has gone
// away is none of ours.
func send(w http.ResponseWriter, r io.Reader) error {
	if _, err := io.Copy(w, r); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}
