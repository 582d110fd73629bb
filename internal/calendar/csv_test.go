package calendar_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

func TestParseCSV(t *testing.T) {
	got, err := calendar.ParseCSV(strings.NewReader("\ufeffdate,type,name\r\n2027-01-01,holiday,元旦\r\n2027-01-03,上班, 元旦 \r\n"))
	want := []calendar.Named{{date(t, "2027-01-01"), calendar.DayOff, "元旦"}, {date(t, "2027-01-03"), calendar.DayWork, "元旦"}}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(calendar.Date{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	const head = "date,type,name\n"
	for _, tt := range []struct{ what, in, message string }{
		{"empty", "", "第 1 行：没有列出"},
		{"head only", head, "没有列出任何一天"},
		{"no head", "2027-01-01,holiday,元旦\n", "第 1 行：第一行应为表头"},
		{"date", head + "2027-01-01,holiday,元旦\n2027/1/2,holiday,元旦\n", "第 3 行：“2027/1/2”不是日期"},
		{"type", head + "2027-01-01,off,元旦\n", "第 2 行：类型是“off”"},
		{"columns", head + "2027-01-01,holiday\n", "第 2 行：有 2 列"},
		{"twice", head + "2027-01-01,holiday,元旦\n2027-01-01,workday,元旦\n", "第 3 行：2027-01-01 在第 2 行已经列过"},
		{"no name", head + "2027-01-01,holiday, \n", "第 2 行：没有写是哪个节日"},
		{"long name", head + "2027-01-01,holiday," + strings.Repeat("元", 31) + "\n", "第 2 行：节日名称不能超过"},
		{"GB18030", head + "2027-01-01,holiday,\xd4\xaa\xb5\xa9\n", "第 2 行：节日名称"},
		{"quotes", head + "2027-01-01,holiday,\"元旦\n", "引号不成对"},
	} {
		_, err := calendar.ParseCSV(strings.NewReader(tt.in))
		if !errors.Is(err, fault.Usage) || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v, want %q", tt.what, err, tt.message)
		}
	}
}

// FuzzParseCSV: whatever is uploaded gives days that are days, once each, or an error that a person can act on.
func FuzzParseCSV(f *testing.F) {
	f.Add("date,type,name\n2027-01-01,holiday,元旦\n")
	f.Add("date,type,name\n2027-01-01,\"holi\nday\",元旦\n")
	f.Add("\ufeffdate,type,name\r\n\r\n0001-01-01,workday,\"a\"\"b\"")
	f.Fuzz(func(t *testing.T, s string) {
		days, err := calendar.ParseCSV(strings.NewReader(s))
		if err != nil {
			if fault.CodeOf(err) != "calendar.csv" || !strings.Contains(err.Error(), "行") {
				t.Fatalf("%q", err)
			}
			return
		}
		seen := map[calendar.Date]bool{}
		for _, d := range days {
			if d.Date.IsZero() || seen[d.Date] || d.Name == "" {
				t.Fatalf("%+v", d)
			}
			seen[d.Date] = true
		}
		n := calendar.Notice{Number: "1", Known: days[0].Date, Days: days}
		if err := n.Check(); err != nil {
			t.Fatal(err)
		}
	})
}
