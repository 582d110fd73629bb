package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

// TestNobodyIsRemindedTwice goes day by day from the opening to after the last day.
func TestNobodyIsRemindedTwice(t *testing.T) {
	inBureau(t, "2026-09-07", func(t *testing.T, b bureau) {
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2026-09-07"))
		b.open(t, "2", clock.Owner{Person: "p9"}, deadline.Input{Kind: deadline.ThirdParty, Received: day("2026-09-07")})
		done := b.open(t, "3", clock.Owner{Person: "p8"}, reply("2026-09-07"))
		if _, err := b.Close(t.Context(), tester, done.ID, "已答复"); err != nil {
			t.Fatal(err)
		}
		for d := day("2026-09-07"); !d.After(day("2026-10-14")); d = d.AddDays(1) {
			*b.clock = at(d.String())
			b.work(t)
			b.work(t)
		}
		if c.Due != day("2026-10-10") {
			t.Fatalf("due %s", c.Due)
		}
		const soon, late = "deadline.soon 《示例申请1》的答复申请最晚 2026年10月10日 周六，", "deadline.late 《示例申请1》的答复申请应在 2026年10月10日 周六 前办完，"
		want := []string{soon + "还有 5 个工作日。", soon + "还有 2 个工作日。", soon + "今天是最后一天。",
			late + "已超过 1 个工作日。请马上办理，并写明原因。", late + "已超过 2 个工作日。请马上办理，并写明原因。", late + "已超过 3 个工作日。请马上办理，并写明原因。"}
		if diff := cmp.Diff(want, b.told(t, "p1")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for _, p := range []account.PersonID{"p8", "p9"} {
			if got := b.told(t, p); got != nil {
				t.Errorf("%s was told %q", p, got)
			}
		}
	})
}

func TestWhatIsLateIsToldOnceADay(t *testing.T) {
	inBureau(t, "2026-03-10", func(t *testing.T, b bureau) {
		for i := range 3 {
			b.open(t, fmt.Sprint(i), clock.Owner{Person: "p1"}, reply(fmt.Sprintf("2026-01-%02d", 5+i)))
		}
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.work(t)
		if err := b.Start(t.Context()); err != nil { // the program was started again
			t.Fatal(err)
		}
		b.work(t)
		want := []string{"deadline.late 《示例申请0》的答复申请（共 3 件逾期，这件最早）应在 2026年2月2日 周一 前办完，已超过 22 个工作日。请马上办理，并写明原因。"}
		if diff := cmp.Diff(want, b.told(t, "p1")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestAMissingYearIsToldOnceAMonth(t *testing.T) {
	inBureau(t, "2026-10-30", func(t *testing.T, b bureau) {
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for d := day("2026-10-30"); !d.After(day("2026-12-03")); d = d.AddDays(1) {
			*b.clock = at(d.String())
			b.work(t)
		}
		for _, p := range []account.PersonID{"k1", "k2"} {
			got := b.told(t, p)
			if len(got) != 2 || !strings.HasPrefix(got[0], "calendar.missing 2027 年") {
				t.Errorf("%s was told %q, want it in November and in December", p, got)
			}
		}
	})
}

func TestMarksAreASetting(t *testing.T) {
	inBureau(t, "2026-03-02", func(t *testing.T, b bureau) {
		if got, err := b.Marks(t.Context()); err != nil || !slices.Equal(got, []int{5, 2, 0}) {
			t.Errorf("%v, %v", got, err)
		}
		if err := b.SaveMarks(t.Context(), account.Actor{Person: "p1"}, []int{1}); !errors.Is(err, fault.NotFound) {
			t.Errorf("set by anybody: %v", err)
		}
		if err := b.SaveMarks(t.Context(), proposer, []int{1, 10}); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Marks(t.Context()); err != nil || !slices.Equal(got, []int{10, 1}) {
			t.Errorf("%v, %v", got, err)
		}
		if got := b.actions(t, "clock.marks"); len(got) != 1 {
			t.Errorf("the record says %v", got)
		}
	})
}
