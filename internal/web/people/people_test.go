package people

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/ui"
)

var morning = time.Date(2026, 1, 20, 1, 0, 0, 0, time.UTC)

// desk is the pages over a real database.
type desk struct {
	t          *testing.T
	handler    http.Handler
	service    *office.Service
	admin      account.PersonID
	root, home agency.ID
}

func open(t *testing.T, sheets Sheets) *desk {
	t.Helper()
	master := crypt.NewMaster()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return morning }, Master: &master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	site := &ui.Site{Name: "示例县", Static: static, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	d := &desk{t: t, service: office.NewService(store.Office(db))}
	d.admin, err = d.service.SetUp(t.Context(), account.System("test"), office.First{
		Government: &agency.Version{Name: "示例县人民政府", Kind: agency.Government, Level: agency.County},
		Agency:     agency.Version{Name: "示例县人民政府办公室", Kind: agency.Department, Level: agency.County}, Sections: []string{"政务公开股"},
		Person: account.Person{Name: "张示例", Account: "zhang", Phone: "0379-63000000"}, Hash: "hash", Role: account.RegionAdmin})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := d.service.Tree(t.Context(), d.actor(d.admin), calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	d.root, d.home = tree.Nodes[0].Agency.Agency, tree.Nodes[1].Agency.Agency
	mux := http.NewServeMux()
	pages := New(Options{Site: site, Service: d.service, Sheets: sheets,
		Password: func(context.Context) (string, string, error) { return "first-pass-word", "hash-of-it", nil }})
	for pattern, r := range pages.Routes() {
		mux.Handle(pattern, site.Handle(r.Handler))
	}
	d.handler = mux
	return d
}

func (d *desk) actor(who account.PersonID) account.Actor {
	d.t.Helper()
	a, err := d.service.Actor(d.t.Context(), who, "test")
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *desk) send(who account.PersonID, r *http.Request) (int, string, http.Header) {
	d.t.Helper()
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r.WithContext(account.WithActor(d.t.Context(), d.actor(who))))
	return w.Code, w.Body.String(), w.Header()
}

// page is what somebody sees; anything but 200 fails the test.
func (d *desk) page(who account.PersonID, path string) string {
	d.t.Helper()
	code, body, _ := d.send(who, httptest.NewRequestWithContext(d.t.Context(), http.MethodGet, path, nil))
	if code != http.StatusOK {
		d.t.Fatalf("%s: %d\n%s", path, code, body)
	}
	d.sound(path, body)
	return body
}

var idAttr = regexp.MustCompile(`\bid="([^"]+)"`)

// sound looks for what no page may have: styles in the page, an id twice, a label that leads nowhere.
func (d *desk) sound(path, body string) {
	d.t.Helper()
	if m := regexp.MustCompile(` style=|<script>|onclick=`).FindString(body); m != "" {
		d.t.Errorf("%s has %q, which the policy of the site forbids", path, m)
	}
	var ids []string
	for _, m := range idAttr.FindAllStringSubmatch(body, -1) {
		if slices.Contains(ids, m[1]) {
			d.t.Errorf("%s has the id %q twice", path, m[1])
		}
		ids = append(ids, m[1])
	}
	for _, m := range regexp.MustCompile(`<label[^>]* for="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if !slices.Contains(ids, m[1]) {
			d.t.Errorf("%s has a label for %q, which is not there", path, m[1])
		}
	}
}

// post sends a form as somebody.
func (d *desk) post(who account.PersonID, path string, pairs ...string) (int, string, string) {
	d.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(d.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	code, body, h := d.send(who, r)
	return code, body, h.Get("Location")
}

// done sends a form that has to be carried out, and returns where it leads.
func (d *desk) done(who account.PersonID, path string, pairs ...string) string {
	d.t.Helper()
	code, body, to := d.post(who, path, pairs...)
	if code != http.StatusSeeOther {
		d.t.Fatalf("%s: %d\n%s", path, code, body)
	}
	return to
}

// mend sends a form that is shown again, and asks for what it says.
func (d *desk) mend(who account.PersonID, path, want string, pairs ...string) {
	d.t.Helper()
	code, body, _ := d.post(who, path, pairs...)
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, want) {
		d.t.Errorf("%s: %d without %q\n%s", path, code, want, body)
	}
	d.sound(path, body)
}

func (d *desk) has(path, body string, want ...string) {
	d.t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			d.t.Errorf("%s does not say %q", path, w)
		}
	}
}

func (d *desk) newAgency(name string, superior agency.ID) agency.ID {
	d.t.Helper()
	to := d.done(d.admin, "/desk/agencies/new", "name", name, "kind", "department", "level", "county", "superior", string(superior), "from", "2026-01-20",
		"sections", "甲股\n乙股")
	return agency.ID(strings.TrimPrefix(to, "/desk/agencies/"))
}

// hire opens an account and returns the person.
func (d *desk) hire(name string, at agency.ID, role account.RoleKey) account.PersonID {
	d.t.Helper()
	code, body, _ := d.post(d.admin, "/desk/people/new", "name", "李示例", "account", name, "phone", "0379-63000001", "agency", string(at), "role", string(role), "from", "2026-01-20")
	m := regexp.MustCompile(`href="/desk/people/([^"/?]+)"[^>]*>记下了`).FindStringSubmatch(body)
	if code != http.StatusOK || m == nil || !strings.Contains(body, "first-pass-word") {
		d.t.Fatalf("%d\n%s", code, body)
	}
	d.sound("/desk/people/new", body)
	return account.PersonID(m[1])
}

func TestAgencyIsBuiltChangedAndClosed(t *testing.T) {
	d := open(t, nil)
	a := d.newAgency("示例县甲局", d.root)
	at := "/desk/agencies/" + string(a)
	d.has(at, d.page(d.admin, at), "示例县甲局", "甲股", "乙股", "示例县人民政府", "第二十四条", "登记")
	d.mend(d.admin, "/desk/agencies/new", "同一个上级下面已经有", "name", "示例县甲局", "kind", "department", "level", "county", "superior", string(d.root), "from", "2026-01-20")
	d.mend(d.admin, at+"/amend", "更正以往", "name", "示例县乙局", "kind", "department", "level", "county", "superior", string(d.root), "from", "2025-01-20")
	d.mend(d.admin, at+"/amend", "18 位", "name", "示例县乙局", "kind", "department", "level", "county", "superior", string(d.root), "from", "2026-02-01", "code", "12")
	d.page(d.admin, at+"/amend")
	d.done(d.admin, at+"/amend", "name", "示例县乙局", "kind", "department", "level", "county", "superior", string(d.home), "from", "2026-02-01", "reason", "机构改革")
	d.has(at, d.page(d.admin, at), "示例县甲局", "示例县乙局", "原名“示例县甲局”", "原属“示例县人民政府”")
	d.has(at, d.page(d.admin, at+"?on=2026-02-01"), "<h1>示例县乙局</h1>")
	list := d.page(d.admin, "/desk/agencies?on=2026-02-02")
	d.has("the tree", list, "2026年2月2日的机构", "示例县乙局")
	if strings.Contains(list, "示例县甲局") {
		t.Error("the old name is in the tree of a later day")
	}
	d.has("a search", d.page(d.admin, "/desk/agencies?q=没有"), "没有找到机关")
	d.has("close", d.page(d.admin, at+"/close"), "承接机关")
	d.done(d.admin, at+"/close", "from", "2026-03-01", "into", string(d.home), "reason", "机构改革")
	d.has(at, d.page(d.admin, at), "职责由“示例县人民政府办公室”承接")
}

func TestSectionsAreChanged(t *testing.T) {
	d := open(t, nil)
	at := "/desk/agencies/" + string(d.home)
	d.page(d.admin, at+"/section")
	d.done(d.admin, at+"/section", "name", "秘书股", "from", "2026-01-20")
	d.mend(d.admin, at+"/section", "已经有", "name", "秘书股", "from", "2026-01-20")
	m := regexp.MustCompile(`/section/([^/"]+)/rename`).FindStringSubmatch(d.page(d.admin, at))
	d.page(d.admin, at+"/section/"+m[1]+"/rename")
	d.done(d.admin, at+"/section/"+m[1]+"/rename", "name", "公开股")
	d.has(at, d.page(d.admin, at), "公开股", "秘书股")
	d.page(d.admin, at+"/section/"+m[1]+"/end")
	d.done(d.admin, at+"/section/"+m[1]+"/end", "from", "2026-01-20")
	if strings.Contains(d.page(d.admin, at), "公开股") {
		t.Error("the section is still there")
	}
}

// upload sends a list as a file, or as pasted text where name is "".
func (d *desk) upload(name, list string) (int, string) {
	d.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(p io.Writer, err error) io.Writer {
		if err != nil {
			d.t.Fatal(err)
		}
		return p
	}
	if name == "" {
		_, _ = part(w.CreateFormField("text")).Write([]byte(list))
	} else {
		_, _ = part(w.CreateFormFile("file", name)).Write([]byte(list))
	}
	_, _ = part(w.CreateFormField("from")).Write([]byte("2026-01-20"))
	if err := w.Close(); err != nil {
		d.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(d.t.Context(), http.MethodPost, "/desk/agencies/import", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	code, body, _ := d.send(d.admin, r)
	d.sound("the preview", body)
	return code, body
}

func TestListIsPreviewedThenConfirmed(t *testing.T) {
	d := open(t, nil)
	d.page(d.admin, "/desk/agencies/import")
	for name, list := range map[string]string{"list.csv": "机关全称,类型\n示例县丙局,公司\n", "": "机关全称\t类型\t层级\n示例县丙局\t政府部门\t县级\n"} {
		if code, body := d.upload(name, list); code != http.StatusUnprocessableEntity || !strings.Contains(body, "什么都没有导入") {
			t.Errorf("%q: %d\n%s", name, code, body)
		}
	}
	if code, body := d.upload("", ""); code != http.StatusUnprocessableEntity || !strings.Contains(body, "请选择名单文件") {
		t.Errorf("nothing: %d", code)
	}
	code, body := d.upload("list.csv", "机关全称,类型,层级,上级,股室\n示例县丙局,政府部门,县级,示例县人民政府,甲股；乙股\n示例县人民政府,,,,\n")
	digest := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if code != http.StatusOK || digest == nil {
		t.Fatalf("%d\n%s", code, body)
	}
	d.has("the preview", body, "会改 1 家，另有 1 家不变", "（新增）", "示例县人民政府办公室")
	if strings.Contains(d.page(d.admin, "/desk/agencies"), "示例县丙局") {
		t.Error("imported before it was confirmed")
	}
	d.done(d.admin, "/desk/agencies/import/done", "digest", digest[1])
	d.has("the tree", d.page(d.admin, "/desk/agencies"), "示例县丙局")
	d.mend(d.admin, "/desk/agencies/import/done", "又有改动", "digest", digest[1])
	_, csv, h := d.send(d.admin, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/desk/agencies/export.csv", nil))
	if !strings.HasPrefix(csv, "\ufeff机关全称,") || !strings.Contains(csv, "示例县丙局,,政府部门,县级,示例县人民政府") || !strings.Contains(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v\n%s", h, csv)
	}
	if code, body := d.upload("again.csv", csv); code != http.StatusOK || !strings.Contains(body, "没有要改的") {
		t.Errorf("what was exported changes something: %d\n%s", code, body)
	}
}

// sheet is a reader of files that knows one list.
type sheet struct{ rows [][]string }

func (s sheet) Read(_ context.Context, name string, _ []byte) ([][]string, error) {
	if name != "名单.xlsx" {
		return nil, errors.New("another name: " + name)
	}
	return s.rows, nil
}

func (s sheet) Write(w io.Writer, title string, rows [][]string) error {
	_, err := io.WriteString(w, title+rows[1][0])
	return err
}

func TestFilesOfSpreadsheetsAreReadAndWritten(t *testing.T) {
	d := open(t, sheet{[][]string{{"机关全称", "简称"}, {"示例县人民政府", "县政府"}}})
	code, body := d.upload("名单.xlsx", "PK")
	d.has("the preview", body, "会改 1 家")
	_, out, h := d.send(d.admin, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/desk/agencies/export.xlsx", nil))
	if code != http.StatusOK || out != "机构名单示例县人民政府" || !strings.Contains(h.Get("Content-Type"), "spreadsheetml") {
		t.Errorf("%d %q %v", code, out, h)
	}
}

func TestPersonIsTakenInChangedAndClosed(t *testing.T) {
	d := open(t, nil)
	a := d.newAgency("示例县甲局", d.root)
	d.page(d.admin, "/desk/people/new")
	li := d.hire("lisi", a, account.Handler)
	d.mend(d.admin, "/desk/people/new", "已经有人用了", "name", "王示例", "account", "lisi", "agency", string(a), "role", "handler", "from", "2026-01-20")
	at := "/desk/people/" + string(li)
	body := d.page(d.admin, at)
	d.has(at, body, "李示例", "股室经办人", "待改初始密码")
	if strings.Contains(body, "63000001") || strings.Contains(body, "first-pass-word") {
		t.Error("the page shows what is protected")
	}
	d.has("the list", d.page(d.admin, "/desk/people?q=lisi&agency="+string(a)), "李示例", "含“lisi”")
	d.page(d.admin, at+"/amend")
	d.done(d.admin, at+"/amend", "name", "李四示例", "account", "lisi", "email", "li@example.cn")
	d.mend(d.admin, at+"/amend", "别人刚改过", "name", "李四", "account", "lisi", "serial", "1")
	d.page(d.admin, at+"/reveal?field=phone")
	d.mend(d.admin, at+"/reveal", "5 到 200", "field", "phone", "reason", "查")
	if code, body, _ := d.post(d.admin, at+"/reveal", "field", "phone", "reason", "核对联系方式"); code != http.StatusOK || !strings.Contains(body, "0379-63000001") {
		t.Errorf("%d\n%s", code, body)
	}
	d.page(d.admin, at+"/position")
	d.done(d.admin, at+"/position", "agency", string(d.home), "role", "officer", "title", "科员", "from", "2026-01-20")
	m := regexp.MustCompile(`/position/([^/"]+)/amend`).FindStringSubmatch(d.page(d.admin, at))
	d.page(d.admin, at+"/position/"+m[1]+"/amend")
	d.done(d.admin, at+"/position/"+m[1]+"/amend", "agency", string(d.home), "role", "leader", "title", "副主任", "from", "2026-01-20")
	d.has(at, d.page(d.admin, at), "副主任，分管领导（签发）")
	d.page(d.admin, at+"/position/"+m[1]+"/end")
	d.done(d.admin, at+"/position/"+m[1]+"/end", "to", "2026-01-20")
	d.page(d.admin, at+"/password")
	if _, body, _ := d.post(d.admin, at+"/password"); !strings.Contains(body, "first-pass-word") {
		t.Error("no new password")
	}
	d.page(d.admin, at+"/close")
	d.done(d.admin, at+"/close", "reason", "调离本单位")
	d.has(at, d.page(d.admin, at), "已停用")
	d.page(d.admin, at+"/reopen")
	if _, body, _ := d.post(d.admin, at+"/reopen"); !strings.Contains(body, "first-pass-word") {
		t.Error("no password after opening again")
	}
}

func TestLeaveIsArrangedByOneself(t *testing.T) {
	d := open(t, nil)
	li, wang := d.hire("lisi", d.home, account.Leader), d.hire("wang", d.home, account.Handler)
	at := "/desk/people/" + string(li)
	d.page(li, at+"/deputy")
	d.mend(li, at+"/deputy", "结束不早于开始", "by", string(wang), "from", "2026-01-22", "to", "2026-01-21", "reason", "休假")
	d.done(li, at+"/deputy", "by", string(wang), "from", "2026-01-20", "to", "2026-01-25", "reason", "休假")
	if !d.actor(wang).CanAnywhere(account.SignOff) {
		t.Error("the deputy cannot sign")
	}
	m := regexp.MustCompile(`/deputy/([^/"]+)/end`).FindStringSubmatch(d.page(li, at))
	d.page(li, at+"/deputy/"+m[1]+"/end")
	d.done(li, at+"/deputy/"+m[1]+"/end")
	if d.actor(wang).CanAnywhere(account.SignOff) {
		t.Error("the deputy signs after the end")
	}
	if code, _, _ := d.post(wang, at+"/deputy", "by", string(wang), "from", "2026-01-20", "to", "2026-01-25", "reason", "休假"); code != http.StatusNotFound {
		t.Errorf("arranged by somebody else: %d", code)
	}
}

func TestRolesAreAMatrix(t *testing.T) {
	d := open(t, nil)
	d.page(d.admin, "/desk/roles/new")
	d.mend(d.admin, "/desk/roles/new", "至少一项", "name", "档案员")
	d.done(d.admin, "/desk/roles/new", "name", "档案员", "perms", "report.see")
	body := d.page(d.admin, "/desk/roles")
	d.has("/desk/roles", body, "档案员", "签发", "主管部门管理员")
	m := regexp.MustCompile(`/desk/roles/([^/"]+)/amend`).FindStringSubmatch(body)
	d.page(d.admin, "/desk/roles/"+m[1]+"/amend")
	d.done(d.admin, "/desk/roles/"+m[1]+"/amend", "name", "档案", "perms", "report.see", "perms", "agency.see")
	d.page(d.admin, "/desk/roles/"+m[1]+"/delete")
	d.done(d.admin, "/desk/roles/"+m[1]+"/delete")
	if strings.Contains(d.page(d.admin, "/desk/roles"), "档案") {
		t.Error("the role is still there")
	}
}

// TestWhoMayNotFindsNothing sends somebody without the right to every page of another agency.
func TestWhoMayNotFindsNothing(t *testing.T) {
	d := open(t, nil)
	a := d.newAgency("示例县甲局", d.root)
	li, far := d.hire("lisi", a, account.Handler), d.hire("afar", d.home, account.Handler)
	for _, path := range []string{"/desk/agencies/" + string(d.home), "/desk/agencies/" + string(d.home) + "/amend", "/desk/agencies/" + string(a) + "/amend",
		"/desk/agencies/" + string(a) + "/close", "/desk/agencies/" + string(a) + "/section", "/desk/people/" + string(far), "/desk/people/" + string(far) + "/amend",
		"/desk/people/" + string(far) + "/close", "/desk/people/" + string(far) + "/reveal", "/desk/people/" + string(far) + "/deputy",
		"/desk/people/" + string(far) + "/password", "/desk/people/" + string(far) + "/position"} {
		missing := strings.NewReplacer(string(a), "none", string(d.home), "none", string(far), "none").Replace(path)
		code, body, _ := d.send(li, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		other, want, _ := d.send(li, httptest.NewRequestWithContext(t.Context(), http.MethodGet, missing, nil))
		if code != http.StatusNotFound || other != code {
			t.Errorf("%s: %d, %s: %d", path, code, missing, other)
		}
		if !strings.Contains(path, string(a)) && body != strings.ReplaceAll(want, missing, path) {
			t.Errorf("%s tells that it is there", path)
		}
	}
	list := d.page(li, "/desk/people")
	if strings.Contains(list, "afar") || !strings.Contains(list, "lisi") {
		t.Error("the list is not cut down")
	}
}
