package desk

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/web/ui"
)

const (
	maxFiles   = 500     // in one handing-in
	maxRequest = 4 << 30 // bytes of one handing-in
)

// openBatch begins a handing-in for the script, which then sends the files one by one.
func (d *Desk) openBatch(w http.ResponseWriter, r *http.Request) error {
	id, err := d.filings.OpenBatch(r.Context(), account.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	return d.site.JSON(w, r, http.StatusCreated, map[string]string{"id": string(id), "url": "/desk/reports/batches/" + string(id)})
}

type uploaded struct {
	Name    string `json:"name"`
	Text    string `json:"text"`
	Refused bool   `json:"refused"`
}

// upload takes files as they come in, each stored before the next is looked at.
func (d *Desk) upload(w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > maxRequest {
		return fault.New(fault.TooLarge, "upload.too_large", "这一批文件一共超过 4 GB，没有收下；请分几次交")
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Wrap(fault.Usage, "upload.form", "没有收到文件；请回到上一页，选择文件后再交", err)
	}
	id := filing.BatchID(r.URL.Query().Get("batch"))
	if id == "" {
		if id, err = d.filings.OpenBatch(r.Context(), account.ActorOf(r.Context())); err != nil {
			return err
		}
	}
	items, err := d.receive(r, parts, id)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return fault.New(fault.Usage, "upload.none", "没有选择文件；请回到上一页，选择一份或多份年报后再交")
	}
	to := "/desk/reports/batches/" + url.PathEscape(string(id))
	if ui.WantsJSON(r) {
		return d.site.JSON(w, r, http.StatusCreated, map[string]any{"url": to, "items": items})
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (d *Desk) receive(r *http.Request, parts *multipart.Reader, id filing.BatchID) ([]uploaded, error) {
	var items []uploaded
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return nil, broken(err)
		}
		name := fileName(part)
		if part.FormName() != "files" || name == "" {
			continue
		}
		if len(items) >= maxFiles {
			return nil, fault.New(fault.TooLarge, "upload.too_many", "一次最多交 500 份，前 500 份已收下；其余请再交一次")
		}
		it, err := d.filings.Receive(r.Context(), account.ActorOf(r.Context()), id, name, part)
		if err != nil {
			return nil, broken(err)
		}
		items = append(items, uploaded{Name: it.Name, Text: itemText(it), Refused: it.Report == nil})
	}
}

// broken turns an upload that ended early into a message; other errors stay what they are.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Wrap(fault.Usage, "upload.cut", "上传中断，最后一份没有收完；请重新交没有收到的文件，已收到的不会重复", err)
	}
	return err
}

// fileName is the name of the file without folders, as it was called where it came from.
func fileName(p *multipart.Part) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	name := path.Base(strings.ReplaceAll(params["filename"], `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	for len(name) > 240 {
		_, n := utf8.DecodeRuneInString(name)
		name = name[n:]
	}
	return name
}

func itemText(it filing.Item) string {
	switch {
	case it.Report == nil:
		return it.ErrorMessage
	case it.Repeated:
		return "以前交过，不重复计"
	default:
		return "已收到"
	}
}
