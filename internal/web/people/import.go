package people

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// importView is what the pages of an import show.
type importView struct {
	ui.Page
	form     *ui.Form
	plan     *office.Plan // nil before a list was given
	problems []office.Problem
	xlsx     bool
}

func (p *People) importView(r *http.Request, f *ui.Form) importView {
	return importView{Page: p.Site.NewPage(r, "导入机构名单", "agencies"), form: f, xlsx: p.Sheets != nil}
}

func (p *People) showImport(w http.ResponseWriter, r *http.Request) error {
	today, err := p.Service.Today(r.Context())
	if err != nil {
		return err
	}
	return p.Site.Render(w, r, http.StatusOK, importPage(p.importView(r, ui.NewForm("from", today.String()))))
}

// preview reads a list and says what it would change. Nothing is changed.
func (p *People) preview(w http.ResponseWriter, r *http.Request) error {
	f, name, data, err := readUpload(w, r)
	if err != nil {
		return err
	}
	v := p.importView(r, f)
	from, why := f.Date("from", "生效日期", ui.Required()), f.Text("reason", "依据或理由")
	if len(data) == 0 {
		f.Add("file", "请选择名单文件，或把名单贴在下面")
	}
	if !f.OK() {
		return p.Site.Invalid(w, r, importPage(v))
	}
	table, err := p.read(r, name, data)
	if err := f.Fail("file", err, fault.Unreadable, fault.TooLarge, fault.Cancelled); err != nil {
		return err
	}
	if !f.OK() {
		return p.Site.Invalid(w, r, importPage(v))
	}
	rows, problems := office.ParseRows(table)
	v.problems = problems
	if len(problems) == 0 {
		plan, err := p.Service.Preview(r.Context(), account.ActorOf(r.Context()), rows, from, why)
		if err != nil {
			return err
		}
		v.plan, v.problems = &plan, plan.Problems
	}
	if len(v.problems) > 0 {
		return p.Site.Invalid(w, r, importPage(v))
	}
	return p.Site.Render(w, r, http.StatusOK, importPage(v))
}

func (p *People) read(r *http.Request, name string, data []byte) ([][]string, error) {
	if name == "" || p.Sheets == nil {
		return office.ReadCSV(data)
	}
	return p.Sheets.Read(r.Context(), name, data)
}

// apply does what the preview said.
func (p *People) apply(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	plan, err := p.Service.Apply(r.Context(), account.ActorOf(r.Context()), f.Text("digest", "预览"))
	if err := f.Fail("", err, fault.NotFound); err != nil {
		return err
	}
	if !f.OK() {
		return p.Site.Invalid(w, r, importPage(p.importView(r, f)))
	}
	ui.Done(w, r, "/desk/agencies", fmt.Sprintf("已按名单改了 %d 家机关", len(plan.Items)))
	return nil
}

// maxList is the most bytes of a list that is taken in.
const maxList = 8 << 20

// readUpload reads the form of an import: a file or pasted text, and the other fields.
func readUpload(w http.ResponseWriter, r *http.Request) (f *ui.Form, name string, data []byte, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxList+1<<16)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, "", nil, fault.Wrap(fault.Usage, "upload.form", "没有收到名单；请回到上一页，选择文件后再交", err)
	}
	f = ui.NewForm()
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, name, data, nil
		}
		var body []byte
		if err == nil {
			body, err = io.ReadAll(part)
		}
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, "", nil, fault.Wrap(fault.TooLarge, "upload.too_large", "名单超过 8 MB，没有收下；请分几次导入", err)
		}
		if err != nil {
			return nil, "", nil, fault.Wrap(fault.Usage, "upload.form", "名单没有收完整；请再交一次", err)
		}
		switch part.FormName() {
		case "file":
			if len(body) > 0 {
				name, data = uploadName(part), body
			}
		case "text":
			if len(bytes.TrimSpace(body)) > 0 && len(data) == 0 {
				data = body
			}
			f.Set("text", strings.ToValidUTF8(string(body), "�"))
		case "from", "reason":
			f.Set(part.FormName(), strings.ToValidUTF8(string(body), "�"))
		}
	}
}

// uploadName is the name of the file without any folder.
func uploadName(part *multipart.Part) string {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name := params["filename"]
	if err != nil || !utf8.ValidString(name) {
		name = part.FileName()
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

func (p *People) exported(r *http.Request) ([][]string, error) {
	return p.Service.Export(r.Context(), account.ActorOf(r.Context()), ui.QueryForm(r).Date("on", "日期"))
}

func (p *People) exportCSV(w http.ResponseWriter, r *http.Request) error {
	rows, err := p.exported(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := office.WriteCSV(&b, rows); err != nil {
		return err
	}
	return attach(w, "机构名单.csv", "text/csv; charset=utf-8", b.Bytes())
}

func (p *People) exportXLSX(w http.ResponseWriter, r *http.Request) error {
	if p.Sheets == nil {
		return ui.ErrNotFound
	}
	rows, err := p.exported(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := p.Sheets.Write(&b, "机构名单", rows); err != nil {
		return err
	}
	return attach(w, "机构名单.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes())
}

func attach(w http.ResponseWriter, name, kind string, data []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", fmt.Sprint(len(data)))
	_, err := w.Write(data)
	if err != nil {
		return fmt.Errorf("people: send: %w", err)
	}
	return nil
}
