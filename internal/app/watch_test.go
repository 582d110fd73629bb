package app

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/records"
	"github.com/gongkai/gongkai/internal/work"
)

// night does the work of the night of the day that the clock shows.
func (h *house) night() {
	h.t.Helper()
	r := work.NewRunner(store.Workers(h.DB, h.tellFailed), h.watchKinds())
	for range 5 {
		did, err := r.Work(h.t.Context(), time.Minute, func() time.Time { return h.clock })
		h.ok(err)
		if !did {
			return
		}
	}
	h.t.Error("jobs without end")
}

// broken are the notices of a broken record that somebody got.
func (h *house) broken(name string) (out []string) {
	h.t.Helper()
	for _, s := range h.told(name) {
		if strings.HasPrefix(s, string(notice.KindAuditBroken)) {
			out = append(out, s)
		}
	}
	return out
}

func TestTheRecordIsGoneAlongEveryNight(t *testing.T) {
	h := newHouse(t)
	sub, err := h.Office.Create(t.Context(), h.actor("admin"), agency.Version{Name: "示例区社区站", Kind: agency.Department, Level: agency.County, Superior: h.home}, nil,
		office.When{From: calendar.On(h.clock)})
	h.ok(err)
	h.people["below"], err = h.Office.OpenAccount(t.Context(), h.actor("admin"), office.NewPerson{Person: account.Person{Name: "张below", Account: "below"}, Hash: "hash",
		Position: account.Position{Agency: sub, Role: account.Auditor, From: calendar.On(h.clock)}})
	h.ok(err)
	if got := h.recordHolds(); got != -1 {
		t.Errorf("before anybody looked the figure is %v", got)
	}
	h.ok(h.askVerify(t.Context(), calendar.On(h.clock), h.clock))
	h.night()
	if got := h.recordHolds(); got != 1 || len(h.broken("admin")) > 0 {
		t.Fatalf("the figure is %v, told %v", got, h.broken("admin"))
	}

	h.harm(`DROP TRIGGER audit_no_update; UPDATE audit_entries SET actor_name = '李示例' WHERE seq = 3`)
	h.night() // it is not yet time again
	if got := h.recordHolds(); got != 1 {
		t.Errorf("at once the figure is %v", got)
	}
	h.at("2026-10-10 03:29")
	h.night()
	if got := h.recordHolds(); got != 1 {
		t.Errorf("a minute before its time the figure is %v", got)
	}
	h.at("2026-10-10 03:30")
	h.night()
	want := "audit.broken 操作记录从第 3 条起对不上，可能被改动。请导出备份并与打印的校验值核对，不要删除任何文件。"
	for name, n := range map[string]int{"admin": 1, "auditor": 1, "below": 0, "reviewer": 0} {
		if got := h.broken(name); len(got) != n || n > 0 && got[0] != want {
			t.Errorf("%s is told %v", name, got)
		}
	}
	if got := h.recordHolds(); got != 0 {
		t.Errorf("the figure is %v", got)
	}
	h.work()
	if got := h.sent(); len(got) != 1 || got[0] != "admin@example.cn 【示例区政府信息公开】操作记录对不上" {
		t.Errorf("mails %v", got)
	}
	h.ok(h.askVerify(t.Context(), calendar.On(h.clock), h.clock)) // the program is started again on the same day
	h.night()
	if got := h.broken("admin"); len(got) != 1 {
		t.Errorf("told twice on a day: %v", got)
	}
	h.at("2026-10-11 03:30")
	h.night()
	if got := h.broken("admin"); len(got) != 2 {
		t.Errorf("told %d times in two days", len(got))
	}
	h.at("2026-10-14 03:31")
	if got := h.recordHolds(); got != 0 {
		t.Errorf("a broken record that nobody looked at any more has the figure %v", got)
	}
}

func TestARecordThatNobodyLooksAtIsNotKnownToHold(t *testing.T) {
	h := newHouse(t)
	h.ok(h.askVerify(t.Context(), calendar.On(h.clock), h.clock))
	h.night()
	h.clock = h.clock.Add(49 * time.Hour)
	if got := h.recordHolds(); got != -1 {
		t.Errorf("after two days the figure is %v", got)
	}
}

// harm changes the database behind the back of the program.
func (h *house) harm(query string) {
	h.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(h.o.Config.Data, "gongkai.db"))
	h.ok(err)
	_, err = db.ExecContext(h.t.Context(), query)
	h.ok(err)
	h.ok(db.Close())
}

func TestWhoSeesToJobsIsToldOfTheirOwn(t *testing.T) {
	h := newHouse(t)
	fail := func(key, agency string) {
		t.Helper()
		h.ok(store.Workers(h.DB, h.tellFailed).Update(t.Context(), func(tx work.Tx) error {
			h.ok(tx.Enqueue(t.Context(), work.Ask{Kind: "report.read", Key: key, Agency: agency}))
			j, _, err := tx.Claim(t.Context(), []work.Kind{"report.read"}, h.clock.Add(time.Minute))
			h.ok(err)
			return tx.Fail(t.Context(), j, "文件打不开", "0a1b2c3d")
		}))
	}
	fail("one", string(h.home))
	fail("one", string(h.home)) // the same job on the same day
	fail("two", "gone")         // of an agency that is no more: those at the top
	fail("three", "")
	want := "job.failed “读年报”多次没有做成：文件打不开（日志编号 0a1b2c3d）。请排除原因后重试，或取消这项任务。"
	if got := h.told("admin"); len(got) != 3 || got[0] != want {
		t.Errorf("told %v", got)
	}
	for _, name := range []string{"auditor", "reviewer", "writer"} {
		if got := h.told(name); len(got) != 0 {
			t.Errorf("%s is told %v", name, got)
		}
	}
	h.clock = h.clock.Add(24 * time.Hour)
	fail("one", string(h.home))
	if got := h.told("admin"); len(got) != 4 {
		t.Errorf("on the next day told %d times", len(got))
	}
}

// TestEveryJobHasAName: no page and no notice shows a kind as the program writes it.
func TestEveryJobHasAName(t *testing.T) {
	h := newHouse(t)
	kinds := h.kinds(nil)
	if len(kinds) < 10 {
		t.Errorf("%d kinds", len(kinds))
	}
	for k := range kinds {
		if records.JobName(k) == string(k) {
			t.Errorf("%s has no name", k)
		}
	}
}

func TestAResetPasswordIsMailedWhateverWasChosen(t *testing.T) {
	h := newHouse(t)
	h.choose("reviewer", url.Values{"digest": {"morning"}})
	if _, _, err := h.ResetPassword(t.Context(), "reviewer", true); err != nil {
		t.Fatal(err)
	}
	h.work()
	if got := h.sent(); len(got) != 1 || got[0] != "reviewer@example.cn 【示例区政府信息公开】密码被重置" {
		t.Errorf("mails %v", got)
	}
}

func TestJobsSayWhatTheyAreAbout(t *testing.T) {
	h := newHouse(t)
	h.submit("给周某某的答复")
	h.ok(h.askVerify(t.Context(), calendar.On(h.clock), h.clock))
	h.ok(store.Work(h.DB).Update(t.Context(), func(tx work.Tx) error {
		return errors.Join(tx.Enqueue(t.Context(), work.Ask{Kind: "report.read", Key: "gone", Args: "gone"}),
			tx.Enqueue(t.Context(), work.Ask{Kind: "clock.remind", Key: "gone", Args: "gone"}),
			tx.Enqueue(t.Context(), work.Ask{Kind: notice.JobDigest, Key: "x", Args: string(h.people["reviewer"])}))
	}))
	status, _, body := h.ask("admin", "/desk/jobs", nil)
	if status != http.StatusOK {
		t.Fatalf("status %d\n%s", status, body)
	}
	for _, s := range []string{"发邮件", "给张reviewer：待您审核", "核对操作记录", "2026年10月9日", "读年报", "提醒期限", "发每日汇总邮件"} {
		if !strings.Contains(body, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if strings.Contains(body, "周某某") || strings.Contains(body, "audit.verify") {
		t.Errorf("the page names a matter, or speaks as the program does:\n%s", body)
	}
}
