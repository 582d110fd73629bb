package office_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/office"
)

func parse(t testing.TB, text string) ([]office.Row, []office.Problem) {
	t.Helper()
	table, err := office.ReadCSV([]byte(text))
	ok(t, err)
	return office.ParseRows(table)
}

func TestProblemsNameLineFieldAndWhatToDo(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "\n\n", "1: "},
		{"no names", "简称,类型\n甲局,政府部门\n", "1:机关全称 "},
		{"unknown column", "机关全称,电话\n甲局,1\n", "1:电话 "},
		{"twice", "机关全称,简称,简称\n甲局,a,b\n", "1:简称 "},
		{"no name", "机关全称,简称\n,甲局\n", "2:机关全称 "},
		{"kind", "机关全称,类型\n甲局,公司\n", "2:类型 "},
		{"level", "机关全称,层级\n甲局,星球级\n", "2:层级 "},
		{"code", "机关全称,统一社会信用代码\n甲局,123\n", "2:统一社会信用代码 "},
		{"day", "机关全称,生效日期\n甲局,2026-13-01\n", "2:生效日期 "},
		{"order", "机关全称,排序\n甲局,第一\n", "2:排序 "},
		{"blank line between", "\n机关全称,排序\n\n甲局,x\n", "4:排序 "},
		{"long section", "机关全称,股室\n甲局,甲股；" + strings.Repeat("长", 41) + "\n", "2:股室 "},
	}
	for _, tt := range tests {
		_, problems := parse(t, tt.text)
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%d:%s ", p.Line, p.Field))
			if p.Text == "" {
				t.Errorf("%s: nothing said", tt.name)
			}
		}
		if d := cmp.Diff(strings.TrimSpace(tt.want), strings.TrimSpace(strings.Join(got, "|"))); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func TestBlankCellStaysAndNoneEmpties(t *testing.T) {
	rows, problems := parse(t, "\ufeff机关全称,简称,法院,股室,生效日期\n示例县甲局,,无,甲股;乙股、丙股,2026年5月1日\n")
	empty := ""
	want := []office.Row{{Line: 2, Name: "示例县甲局", Court: &empty, Sections: []string{"甲股", "乙股", "丙股"}, HasSections: true, From: day("2026-05-01")}}
	if d := cmp.Diff(want, rows, cmp.Comparer(func(a, b struct{}) bool { return true }), cmp.Transformer("date", dateText)); d != "" || len(problems) > 0 {
		t.Error(d, problems)
	}
}

func TestExportIsNoFormula(t *testing.T) {
	var b bytes.Buffer
	cells := []string{"=1+1", "+86", "-1", "@x", "'quoted", "\tx", "甲局"}
	ok(t, office.WriteCSV(&b, [][]string{cells}))
	if want := "\ufeff'=1+1,'+86,'-1,'@x,''quoted,'\tx,甲局\r\n"; b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func (s *site) preview(by account.Actor, text, reason string) office.Plan {
	s.t.Helper()
	rows, problems := parse(s.t, text)
	if len(problems) > 0 {
		s.t.Fatal(problems)
	}
	p, err := s.Preview(s.t.Context(), by, rows, s.today(), reason)
	ok(s.t, err)
	return p
}

const list = `机关全称,类型,层级,上级,统一社会信用代码,主管部门,股室
示例县稽查大队,派出机构,县级,示例县文化和旅游局,,,
示例县文化和旅游局,政府部门,县级,示例县人民政府,113701110042212345,示例县人民政府办公室,办公室；市场股
示例县档案馆,政府部门,县级,示例县人民政府办公室,,,
`

func TestPreviewSaysEverythingAndChangesNothing(t *testing.T) {
	s := newSite(t)
	archive := s.build("示例县档案馆", s.root, "2020-01-01")
	text := strings.Replace(list, "113701110042212345", validCode("11370111004221234"), 1)
	before := len(s.notes)
	p := s.preview(s.boss(), text, "")
	if len(p.Problems) > 0 || p.Digest == "" || len(s.notes) != before {
		t.Fatalf("%+v", p)
	}
	if len(p.Items) != 3 || !p.Items[0].New || !p.Items[1].New || !p.Items[2].Moved || p.Items[2].Agency != archive {
		t.Errorf("%+v", p.Items)
	}
	want := []office.Field{{Label: "上级", Before: "示例县人民政府", After: "示例县人民政府办公室"}}
	if d := cmp.Diff(want, p.Items[2].Fields); d != "" {
		t.Error(d)
	}
	if len(p.Missing) != 2 {
		t.Errorf("missing %v", p.Missing)
	}
	_, err := s.Apply(t.Context(), s.actor(s.hire("other", s.root, account.RegionAdmin, true)), p.Digest)
	code(t, err, "office.import_stale")
	_, err = s.Apply(t.Context(), s.boss(), p.Digest)
	ok(t, err)
	if again := s.preview(s.boss(), text, ""); len(again.Items) != 0 || again.Same != 3 {
		t.Errorf("a second time: %+v", again)
	}
	renamed := s.preview(s.boss(), strings.ReplaceAll(text, "示例县文化和旅游局", "示例县文旅体局"), "")
	if len(renamed.Items) != 1 || !renamed.Items[0].Renamed {
		t.Errorf("renamed: %+v", renamed)
	}
	ok(t, s.AddSection(t.Context(), s.boss(), archive, "征集股", office.When{From: s.today()}))
	_, err = s.Apply(t.Context(), s.boss(), renamed.Digest)
	code(t, err, "office.import_stale")
	_, err = s.Apply(t.Context(), s.boss(), "no such")
	code(t, err, "office.import_gone")
}

func TestPreviewTellsWhatIsWrong(t *testing.T) {
	s := newSite(t)
	a := s.build("示例县甲局", s.root, "2020-01-01")
	local := s.actor(s.hire("local", a, account.OfficeAdmin, true))
	tests := []struct {
		name, text string
		by         account.Actor
		line       int
		field      string
	}{
		{"no superior", "机关全称,类型,层级\n示例县乙局,政府部门,县级\n", s.boss(), 2, "上级"},
		{"unknown superior", "机关全称,类型,层级,上级\n示例县乙局,政府部门,县级,示例县没有局\n", s.boss(), 2, "上级"},
		{"no kind", "机关全称,上级\n示例县乙局,示例县人民政府\n", s.boss(), 2, "类型"},
		{"circle", "机关全称,类型,层级,上级\n示例县乙局,政府部门,县级,示例县丙局\n示例县丙局,政府部门,县级,示例县乙局\n", s.boss(), 2, "上级"},
		{"twice", "机关全称,简称\n示例县甲局,甲\n示例县 甲局,乙\n", s.boss(), 3, "机关全称"},
		{"past", "机关全称,简称,生效日期\n示例县甲局,甲,2021-01-01\n", s.boss(), 2, "生效日期"},
		{"outside", "机关全称,类型,层级,上级\n示例县乙局,政府部门,县级,示例县人民政府\n", local, 2, "上级"},
	}
	for _, tt := range tests {
		p := s.preview(tt.by, tt.text, "")
		if len(p.Problems) == 0 || p.Problems[0].Line != tt.line || p.Problems[0].Field != tt.field || p.Digest != "" {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
	p := s.preview(s.boss(), "机关全称,简称,生效日期\n示例县甲局,甲,2021-01-01\n", "补录以往的简称")
	_, err := s.Apply(t.Context(), s.boss(), p.Digest)
	ok(t, err)
}

// validCode completes 17 characters to a code by trying.
func validCode(head string) string {
	for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if agency.CheckCode(head+string(c)) == nil {
			return head + string(c)
		}
	}
	return ""
}

// TestExportedListChangesNothing builds trees out of lists, writes them and reads them again.
func TestExportedListChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newSite(t)
		n := rapid.IntRange(1, 12).Draw(rt, "n")
		table := [][]string{office.Headers()}
		names := []string{"示例县人民政府", "示例县人民政府办公室"}
		for i := range n {
			kind := rapid.SampledFrom(agency.KindNames()).Draw(rt, "kind").Name
			level := rapid.SampledFrom(agency.LevelNames()).Draw(rt, "level").Name
			field := rapid.StringMatching(`[甲乙丙丁=+@'; ,"-]{0,6}`)
			name := fmt.Sprintf("示例县%d局", i)
			table = append(table, []string{name, field.Draw(rt, "short"), kind, level, rapid.SampledFrom(names).Draw(rt, "superior"), "",
				rapid.SampledFrom(append([]string{""}, names...)).Draw(rt, "authority"), field.Draw(rt, "remedy"), field.Draw(rt, "court"),
				field.Draw(rt, "group"), fmt.Sprint(i), "", rapid.SampledFrom([]string{"", "甲股", "甲股；乙股"}).Draw(rt, "sections")})
			names = append(names, name)
		}
		rows, problems := office.ParseRows(table)
		if len(problems) > 0 {
			rt.Fatal(problems)
		}
		p, err := s.Preview(t.Context(), s.boss(), rows, s.today(), "")
		if err != nil || len(p.Problems) > 0 || len(p.Items) != n {
			rt.Fatalf("%+v %v", p, err)
		}
		if _, err := s.Apply(t.Context(), s.boss(), p.Digest); err != nil {
			rt.Fatal(err)
		}
		out, err := s.Export(t.Context(), s.boss(), s.today())
		if err != nil || len(out) != n+3 {
			rt.Fatalf("%v %v", out, err)
		}
		var b bytes.Buffer
		if err := office.WriteCSV(&b, out); err != nil {
			rt.Fatal(err)
		}
		back, err := office.ReadCSV(b.Bytes())
		if err != nil {
			rt.Fatal(err)
		}
		rows, problems = office.ParseRows(back)
		again, err := s.Preview(t.Context(), s.boss(), rows, s.today(), "")
		if err != nil || len(problems) > 0 || len(again.Problems) > 0 || len(again.Items) > 0 || again.Same != n+2 || len(again.Missing) > 0 {
			rt.Fatalf("%+v %v %v", again, problems, err)
		}
	})
}

// FuzzRows holds that every row of a list is either taken or has a problem, whatever the list is, and that nothing panics.
func FuzzRows(f *testing.F) {
	f.Add([]byte("\ufeff" + list))
	f.Add([]byte("机关全称\t简称\n甲局\t甲\n"))
	f.Add([]byte("机关全称,生效日期,股室\n'=甲局,2026/1/3,\"a；b\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := office.ReadCSV(data)
		if err != nil {
			return
		}
		rows, problems := office.ParseRows(table)
		told := map[int]bool{}
		for _, p := range problems {
			if p.Line < 1 || p.Text == "" {
				t.Fatalf("%+v", p)
			}
			told[p.Line] = true
		}
		taken := map[int]bool{}
		for _, r := range rows {
			if r.Name == "" || r.Line < 2 || r.Line > len(table) || taken[r.Line] {
				t.Fatalf("%+v", r)
			}
			taken[r.Line] = true
		}
		if len(problems) == 0 {
			head := true
			for i, cells := range table {
				blank := strings.TrimSpace(strings.Join(cells, "")) == ""
				if !blank && !head && !taken[i+1] {
					t.Fatalf("line %d is lost", i+1)
				}
				head = head && blank
			}
		}
	})
}
