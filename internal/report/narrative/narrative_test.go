package narrative

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/report"
)

func TestNumbersAsPrinted(t *testing.T) {
	for _, tt := range []struct {
		text, value, unit string
		approx            bool
	}{
		{"收到政府信息公开申请14,069件", "14069", "件", false},
		{"收到政府信息公开申请14，069件", "14069", "件", false},
		{"收到政府信息公开申请 14 069 件", "14069", "件", false},
		{"收到政府信息公开申请１４０６９件", "14069", "件", false},
		{"收到政府信息公开申请1.4万件", "14000", "件", true},
		{"收到政府信息公开申请1.4069万件", "14069", "件", false},
		{"收到政府信息公开申请18万余件", "180000", "件", true},
		{"收到政府信息公开申请260余件", "260", "件", true},
		{"收到政府信息公开申请二十一件", "21", "件", false},
		{"收到政府信息公开申请一百零五件", "105", "件", false},
		{"收到政府信息公开申请两件", "2", "件", false},
		{"收到政府信息公开申请十二件", "12", "件", false},
		{"收到政府信息公开申请两万余件", "20000", "件", true},
		{"收到政府信息公开申请〇件", "0", "件", false},
		{"收到政府信息公开申请36件以上", "36", "件", true},
		{"收到政府信息公开申请约36件", "36", "件", true},
		{"收到政府信息公开申请数为36。", "36", "", false},
		{"收到政府信息公开申请3\n6件", "36", "件", false},
		{"收到政府信息公开申请\n36\n件", "36", "件", false},
		{"未收到政府信息公开申请", "0", "", false},
		{"收取信息处理费0.295万元", "0.295", "万元", false},
		{"收取信息处理费2950元", "2950", "元", false},
		{"予以公开的占33.9％", "33.9", "%", false},
		{"予以公开的占百分之三十三点九", "33.9", "%", false},
		{"予以公开的占百分之百", "100", "%", false},
	} {
		r := &report.Report{Year: 2023, Sections: []report.Section{{No: 1, Text: tt.text}}}
		got := Extract(r)
		if len(got) != 1 {
			t.Errorf("%q: %d claims", tt.text, len(got))
			continue
		}
		c := got[0]
		if d := cmp.Diff([]any{tt.value, tt.unit, tt.approx}, []any{c.Value, c.Unit, c.Approx}); d != "" {
			t.Errorf("%q: %s", tt.text, d)
		}
	}
}

func TestOffsetsPointAtTheNumber(t *testing.T) {
	text := "（一）概况。\n2023 年共收到政府信息\n公开申请 1 069 件，予以公开12\n件。"
	r := &report.Report{Year: 2023, Sections: []report.Section{{No: 1, Text: text}}}
	var got []string
	for _, c := range Extract(r) {
		got = append(got, text[c.Start:c.End])
	}
	if d := cmp.Diff([]string{"1 069", "12"}, got); d != "" {
		t.Error(d)
	}
}

func TestNilAndEmptyReports(t *testing.T) {
	if n := len(Judge(nil, nil)) + len(Extract(nil)) + len(Judge(&report.Report{}, &report.Report{})); n != 0 {
		t.Errorf("%d claims in nothing", n)
	}
}

// A conflict message names the figure, the table and what to do.
func TestMessages(t *testing.T) {
	r := filled(t, 2023, "云岭市自然资源局", "2021", "new_received=36 carried_in=3 denied.third_party=2 review.total=4")
	r.Sections = []report.Section{{No: 1, Text: "收到政府信息公开申请41件，不予公开5件。因政府信息公开引起行政复议6件。区教育局收到政府信息公开申请9件。"}}
	want := []string{
		"原文“收到政府信息公开申请41件，不予公开5件。”写 41 件，表三“一、本年新收政府信息公开申请数量” 36 件，表三“一、本年新收政府信息公开申请数量”与“二、上年结转政府信息公开申请数量”合计 39 件，相差 5 件；请核对",
		"原文“收到政府信息公开申请41件，不予公开5件。”写 5 件，表三“（三）不予公开”各行合计 2 件，相差 3 件；请核对",
		"原文“因政府信息公开引起行政复议6件。”写 6 件，表四“行政复议”行“总计”列 4 件，相差 2 件；请核对",
		"原文“区教育局收到政府信息公开申请9件。”写 9 件，说的是其他机关的数，不与本表比较",
	}
	var got []string
	for _, v := range Judge(r, nil) {
		got = append(got, v.Message)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// A doubtful cell is no evidence against the text, but the text can bear it out.
func TestDoubtfulCell(t *testing.T) {
	r := filled(t, 2023, "", "2021", "granted=12")
	r.Doubt("table3.granted.total", "拆分不唯一", "12")
	for text, want := range map[string]Status{"予以公开13件。": NotAssessable, "予以公开12件。": Agrees} {
		r.Sections = []report.Section{{No: 1, Text: text}}
		if got := Judge(r, nil); len(got) != 1 || got[0].Status != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// Whatever the tables hold, the sentence that states them agrees, and the one that states another total conflicts.
func TestStatedFiguresAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(2, 99999).Draw(t, "new")
		in := rapid.Int64Range(0, 50).Draw(t, "in")
		wrong := n + in + rapid.Int64Range(1, 99).Draw(t, "off")
		r := &report.Report{Year: 2023, Table3: report.NewTable(report.V2021.Table3)}
		*r.Table3.Get("new_received", report.ColTotal) = report.Num(n)
		*r.Table3.Get("carried_in", report.ColTotal) = report.Num(in)
		style := rapid.SampledFrom([]string{"收到政府信息公开申请%件。", "2023年新收依申请公开\n% 件。", "全年受理信息公开申请共计%件。"}).Draw(t, "style")
		for _, tt := range []struct {
			n    int64
			want Status
		}{{n, Agrees}, {wrong, Conflicts}} {
			r.Sections = []report.Section{{No: 1, Text: strings.Replace(style, "%", itoa(tt.n), 1)}}
			got := Judge(r, nil)
			if len(got) != 1 || got[0].Status != tt.want {
				t.Fatalf("%q: %+v", r.Sections[0].Text, got)
			}
		}
	})
}

func FuzzExtract(f *testing.F) {
	for _, file := range []string{"sentences.txt", "harder.txt", "third.txt", "fourth.txt", "fifth.txt", "heldout.txt"} {
		for _, l := range lines(f, file) {
			f.Add(l[2])
		}
	}
	f.Add("收到１２，３４５件\xff\xfe（百分之）〔《")
	f.Fuzz(func(t *testing.T, s string) {
		r := filled(t, 2023, "云岭市人民政府", "2021", "new_received=36 total=36")
		r.Sections = []report.Section{{No: 1, Text: s}}
		for _, v := range Judge(r, r) {
			if v.Start < 0 || v.Start >= v.End || v.End > len(s) {
				t.Fatalf("offsets %d:%d of %d", v.Start, v.End, len(s))
			}
			if v.Message == "" || v.Status == "" {
				t.Fatalf("no result for %+v", v.Claim)
			}
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	r := filled(b, 2023, "宿迁市", "2021", "new_received=3511 carried_in=96 total=3486 carried_out=121")
	text := real(b, "004", "004_suqian_2023.layout.txt").Sections[0].Text
	var s strings.Builder
	for _, l := range lines(b, "sentences.txt")[:12] {
		s.WriteString(l[2])
	}
	text = (text + s.String())
	text = strings.ToValidUTF8(text[len(text)-min(len(text), 3072):], "")
	r.Sections = []report.Section{{No: 1, Text: text}}
	b.ReportAllocs()
	for b.Loop() {
		Judge(r, r)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/narrative")
	b.ReportMetric(float64(len(text))/1024, "KB")
}

// A text without full stops is one sentence to a reader of marks; every figure is looked at with its sentence.
func TestEndlessSentencesAreCut(t *testing.T) {
	const n = 20_000
	r := &report.Report{Agency: "虚构市甲局", Year: 2023, Sections: []report.Section{{No: 1, Text: strings.Repeat("收到政府信息公开申请12件，", n)}}}
	claims := Extract(r)
	if len(claims) < n*9/10 {
		t.Errorf("%d claims of %d", len(claims), n)
	}
	for i := range claims {
		if len(claims[i].Sentence) > 3*4*maxSentence {
			t.Fatalf("a sentence of %d bytes", len(claims[i].Sentence))
		}
	}
	if got := len(Judge(r, nil)); got < len(claims) {
		t.Errorf("%d verdicts of %d claims", got, len(claims))
	}
}
