package narrative

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/report"
)

// expected is what a person read in a real report.
type expected struct {
	Year   int    `json:"year"`
	Agency string `json:"agency"`
	Format string `json:"format"`
	Table2 map[string]json.RawMessage
	Table3 struct {
		Rows [][]*int64 `json:"rows"`
	} `json:"table3"`
	Table4 []*int64 `json:"table4"`
}

const realDir = "../../../testdata/reports"

// real returns a published report: its tables as a person read them, its text cut roughly into sections.
func real(t testing.TB, number, file string) *report.Report {
	t.Helper()
	r := &report.Report{File: file}
	if b, err := os.ReadFile(filepath.Join(realDir, number+".expected.json")); err == nil {
		fillExpected(t, r, b)
	}
	b, err := os.ReadFile(filepath.Join(realDir, file))
	if err != nil {
		t.Fatal(err)
	}
	s := string(b)
	i, j := strings.Index(s, "一、总体情况"), strings.Index(s, "第二十条第")
	if j < 0 {
		j = len(s)
	}
	if i < 0 || j < i {
		i = 0
	}
	r.Sections = append(r.Sections, report.Section{No: 1, Text: s[i:j]})
	if k := strings.LastIndex(s, "六、其他需要报告的事项"); k > j {
		r.Sections = append(r.Sections, report.Section{No: 6, Text: s[k:]})
		s = s[:k]
	}
	if k := strings.LastIndex(s, "五、存在的主要问题"); k > j {
		r.Sections = append(r.Sections, report.Section{No: 5, Text: s[k:]})
	}
	return r
}

func fillExpected(t testing.TB, r *report.Report, b []byte) {
	t.Helper()
	var e expected
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	r.Year, r.Agency, r.Format = e.Year, e.Agency, report.FormatID(e.Format)
	f := report.FormatByID(r.Format)
	if f == nil {
		f = report.V2021 // as printed: 2021, with a single row for (六)
	}
	spec := f.Table3
	if f.Table3Merged != nil && len(e.Table3.Rows) == len(f.Table3Merged.Rows) {
		spec = f.Table3Merged
	}
	r.Table3, r.Table4 = report.NewTable(spec), report.NewTable(f.Table4)
	for i, row := range e.Table3.Rows {
		for k, v := range row {
			put(r.Table3.At(i, k), v)
		}
	}
	for k, v := range e.Table4 {
		put(r.Table4.At(k/report.Columns4, k%report.Columns4), v)
	}
}

func put(c *report.Cell, v *int64) {
	*c = report.Cell{Kind: report.Blank}
	if v != nil {
		*c = report.Num(*v)
	}
}

func TestRealReports(t *testing.T) {
	for _, tt := range []struct{ number, file, want string }{
		{"000", "000_xigong_2021.txt", "new_received=A"},
		{"001", "001_huaian_hongze_2023.plain.txt", "received_or_carried=A info_fee:amount=N"},
		{"001", "001_huaian_hongze_2023.layout.txt", "received_or_carried=A info_fee:amount=N"},
		{"004", "004_suqian_2023.layout.txt", "processed=A processed:growth=N processed@natural_person=A processed@legal_persons=A granted=A partial=A " +
			"denied=A unavailable=A rejected=A other=A carried_out=A info_fee=N info_fee:amount=N"},
		{"008", "008_shanghai_kewei_2024.md.txt", "review.total=A review.corrected=A litigation.total=A received_or_carried=A carried_in=A granted=A " +
			"partial=A denied=A unavailable=A rejected=A other=A carried_out=N normative.published=N"},
		{"013", "013_pingtan_2020.txt", "received_or_carried=A"},
		{"014", "014_pingtan_2021.txt", "received_or_carried=A handled_total=A carried_out=A balance:balance=A info_fee:amount=N"},
		{"016", "016_pingtan_2023.txt", "received_or_carried=A received_or_carried@natural_person=A received_or_carried@business=A handled_total=A " +
			"granted_or_partial=A granted_or_partial:share=A denied=A denied:share=A unavailable=A unavailable:share=A rejected=A rejected:share=A " +
			"other=A other:share=A review.total=A litigation.total=A outcomes:balance=A info_fee:amount=N"},
		{"", "019_pingtan_2018.txt", "new_received=N review.total=N litigation.total=N"},
		{"", "023_ylq_tongjiju_2023.txt", ""},
		{"", "036_xixian_dizhang_2023.txt", "new_received=N"},
		{"", "037_gongzhuling_danganju_2021.txt", "new_received=N review.total=N litigation.total=N info_fee:amount=N"},
		{"", "041_yanliang_xinfang_2021.txt", "new_received=N"},
		{"", "042_wanzhou_guizi_2020.txt", "received_or_carried=N"},
		{"", "044_unknown_zhen_2019.txt", "new_received=N"},
		{"", "047_hunnan_guozi_2022.txt", "new_received=N review.total=N litigation.total=N info_fee:amount=N"},
		{"", "050_huaian_ziran_narrative_2021.txt", "new_received=N carried_in=N granted=N partial=N denied=N unavailable=N rejected=N other=N carried_out=N review.total=N"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			r := real(t, tt.number, tt.file)
			vs := Judge(r, nil)
			var got []string
			for i := range vs {
				got = append(got, key(&vs[i])+"="+letters[vs[i].Status])
				if vs[i].Kind != Balance {
					t.Log(got[i], vs[i].Value, vs[i].Scope, vs[i].Message)
				}
			}
			if m := misses(vs, tt.want); len(m) > 0 {
				t.Error(m)
			}
			// A bare 公开 count or the like may be left out, but nothing that is found may be unexpected.
			want := strings.Fields(tt.want)
			for _, g := range got {
				if !slices.Contains(want, g) {
					t.Errorf("unexpected %s", g)
				}
			}
			text := map[int]string{}
			for _, s := range r.Sections {
				text[s.No] = s.Text
			}
			for i := range vs {
				if d := cmp.Diff(true, vs[i].End <= len(text[vs[i].Section]) && vs[i].Start < vs[i].End); d != "" {
					t.Error(d)
				}
			}
		})
	}
}
