package checks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/report"
)

// complete returns a sound report with tables and text, about 2024.
func complete(t testing.TB) *report.Report {
	t.Helper()
	r := figures(t, "004")
	r.Title, r.Agency, r.Year, r.Published = "示例市教育局2024年政府信息公开工作年度报告", "示例市教育局", 2024, "2025-01-20"
	r.Preamble = "本报告由示例市教育局编制，统计期限自2024年1月1日起至2024年12月31日止。如有疑问，请与示例市教育局办公室联系（电话：0379-00000000）。"
	r.Table2 = report.NewTable(report.V2021.Table2)
	for i := range r.Table2.Cells {
		r.Table2.Cells[i] = report.Num(0)
	}
	*r.Table2.Get("fees_wan_yuan", 0) = report.Cell{Kind: report.Number, N: 12_3456_00, Decimals: 4, Raw: "12.3456"}
	texts := [6]string{
		"（一）主动公开情况。全年通过门户网站公开信息若干条。\n（二）依申请公开情况。按期答复各类申请。\n（三）政府信息管理情况。健全审核制度。\n" +
			"（四）政府信息公开平台建设情况。做好网站日常维护。\n（五）监督保障情况。开展业务培训两次。",
		"", "", "", "一是公开的及时性有待加强。二是队伍力量不足。下一步将完善制度，加强培训。", "本年度未收取信息处理费。",
	}
	for i, text := range texts {
		r.Sections = append(r.Sections, report.Section{No: i + 1, Title: report.SectionTitles[i], Text: text})
	}
	return r
}

func TestCompleteReportHasNoFindings(t *testing.T) {
	t.Parallel()
	r := complete(t)
	for col := range report.Columns4 {
		*r.Table4.Get("litigation_direct", col) = report.Num(0)
	}
	if res := Run(&Input{Report: r}); len(res.Findings) != 0 {
		t.Errorf("findings: %+v", res.Findings)
	}
}

// A case changes the complete report in one way and names what must be found, or that a rule is not assessable.
type ruleCase struct {
	name     string
	rule     string
	change   func(t *testing.T, in *Input)
	path     string // of the finding; "" when none is wanted
	severity Severity
	says     string // words of the message
	unknown  bool   // not assessable is wanted
}

func (c ruleCase) run(t *testing.T) {
	t.Parallel()
	in := &Input{Report: complete(t)}
	c.change(t, in)
	res := Run(in)
	found := of(res, c.rule)
	if got := unknownOf(res, c.rule) > 0; got != c.unknown {
		t.Errorf("not assessable: got %v, want %v (%+v)", got, c.unknown, res.NotAssessable)
	}
	if c.path == "" {
		if len(found) != 0 {
			t.Errorf("no finding wanted, got %+v", found)
		}
		return
	}
	if len(found) == 0 {
		t.Fatalf("nothing found; all: %+v", res.Findings)
	}
	if d := cmp.Diff([]string{c.path, string(c.severity)}, []string{found[0].Path, string(found[0].Severity)}); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if !strings.Contains(found[0].Message, c.says) {
		t.Errorf("message %q does not say %q", found[0].Message, c.says)
	}
}

func previousOf(t *testing.T, in *Input) *report.Report {
	t.Helper()
	p := complete(t)
	p.Year, p.Title = 2023, "示例市教育局2023年政府信息公开工作年度报告"
	for col := range report.Columns3 {
		*p.Table3.Get("carried_out", col) = *in.Report.Table3.Get("carried_in", col)
	}
	in.Previous = p
	return p
}

func fees(in *Input, fen int64, decimals uint8) {
	*in.Report.Table2.Get("fees_wan_yuan", 0) = report.Cell{Kind: report.Number, N: fen, Decimals: decimals}
}

func TestFormRules(t *testing.T) {
	t.Parallel()
	tests := []ruleCase{
		{"negative", "K6", func(t *testing.T, in *Input) { set(t, in.Report, "table2.licences", -3) }, "table2.licences", Error, "不能小于 0", false},
		{"not whole", "K6", func(t *testing.T, in *Input) {
			*cellAt(t, in.Report, "table2.licences") = report.Cell{Kind: report.Unreadable, Raw: "3.5"}
		}, "table2.licences", Error, "整数", false},
		{"run together", "K6", func(t *testing.T, in *Input) {
			*cellAt(t, in.Report, "table2.licences") = report.Cell{Kind: report.Unreadable, Raw: "39573802895.90"}
		}, "", "", "", true},
		{"unreadable", "K6", func(t *testing.T, in *Input) {
			*cellAt(t, in.Report, "table2.licences") = report.Cell{Kind: report.Unreadable, Raw: "3?5"}
		}, "", "", "", true},
		{"one blank", "K6", func(t *testing.T, in *Input) {
			*cellAt(t, in.Report, "table2.enforcements") = report.Cell{Kind: report.Blank}
		}, "table2.enforcements", Warning, "应当填 0", false},
		{"slashes in a row", "K6", func(t *testing.T, in *Input) {
			for i := range 3 {
				*in.Report.Table2.Get("regulations", i) = report.Cell{Kind: report.Slash}
			}
		}, "table2.regulations", Warning, "“/”", false},
		{"many blanks are one finding", "K6", func(_ *testing.T, in *Input) {
			for i := range in.Report.Table4.Cells {
				in.Report.Table4.Cells[i] = report.Cell{Kind: report.Blank}
			}
			for i := range 60 {
				in.Report.Table3.Cells[i] = report.Cell{Kind: report.Blank}
			}
		}, "table3", Warning, "9 行共 60 格", false},
		{"glued", "K6", func(t *testing.T, in *Input) { set(t, in.Report, "table2.licences", 396442278) }, "table2.licences", Warning, "连在了一起", false},
		{"in force follows", "K7", func(t *testing.T, in *Input) { previousOf(t, in) }, "", "", "", false},
		{"in force does not follow", "K7", func(t *testing.T, in *Input) {
			previousOf(t, in)
			set(t, in.Report, "table2.normative_documents.issued", 61)
			set(t, in.Report, "table2.normative_documents.in_force", 60)
		}, "table2.normative_documents.in_force", Warning, "= 61", false},
		{"no previous", "K7", func(*testing.T, *Input) {}, "", "", "", true},
		{"decimals", "K9", func(_ *testing.T, in *Input) {
			set := DefaultSettings()
			set.FeeDecimals = 2
			in.Settings = &set
		}, feesPath, Warning, "4 位小数", true},
		{"yuan typed", "K9", func(t *testing.T, in *Input) {
			previousOf(t, in)
			fees(in, 123456*report.FenPerWan, 0)
		}, feesPath, Warning, "应为 12.3456 万元", false},
		{"small change of small fees", "K9", func(t *testing.T, in *Input) {
			*previousOf(t, in).Table2.Get("fees_wan_yuan", 0) = report.Cell{Kind: report.Number, N: 100, Decimals: 4}
			fees(in, 20_000, 4)
		}, "", "", "", false},
		{"same fees", "K9", func(t *testing.T, in *Input) { previousOf(t, in) }, "", "", "", false},
		{"more than a province", "K9", func(_ *testing.T, in *Input) { fees(in, 2*hugeFees, 0) }, feesPath, Warning, "一千亿元", false},
		{"direct suits beside refusals", "K12", func(*testing.T, *Input) {}, "table4.litigation_direct", Warning, "先申请行政复议", false},
		{"before 2024", "K12", func(_ *testing.T, in *Input) { in.Report.Year = 2023 }, "", "", "", false},
		{"no direct suits", "K12", func(t *testing.T, in *Input) { set(t, in.Report, "table4.litigation_direct.total", 0) }, "", "", "", false},
		{"direct suits blank", "K12", func(t *testing.T, in *Input) {
			*cellAt(t, in.Report, "table4.litigation_direct.total") = report.Cell{Kind: report.Blank}
		}, "", "", "", true},
		{"no ledger", "K13", func(*testing.T, *Input) {}, "", "", "", true},
		{"enough notices", "K13", func(_ *testing.T, in *Input) { in.CorrectionNotices, in.FeeNotices = value(43), value(10) }, "", "", "", false},
		{"too few correction notices", "K13", func(_ *testing.T, in *Input) { in.CorrectionNotices, in.FeeNotices = value(42), value(10) }, "table3.other.correction_overdue", Warning, "= 43", false},
		{"too few fee notices", "K13", func(_ *testing.T, in *Input) { in.CorrectionNotices, in.FeeNotices = value(43), value(9) }, "table3.other.fee_overdue", Warning, "9 份", false},
		{"department on time", "K14", func(_ *testing.T, in *Input) { in.Report.Published = "2025-01-31" }, "", "", "", false},
		{"department late", "K14", func(_ *testing.T, in *Input) { in.Report.Published = "2025-02-01" }, "published", Error, "1月31日", false},
		{"government on time", "K14", func(_ *testing.T, in *Input) {
			in.Report.Agency, in.Report.Published = "示例市人民政府", "2025-03-31"
		}, "", "", "", false},
		{"government late", "K14", func(_ *testing.T, in *Input) {
			in.Report.Agency, in.Report.Published = "示例市", "2025-04-01"
		}, "published", Error, "3月31日", false},
		{"township late", "K14", func(_ *testing.T, in *Input) {
			in.Report.Agency, in.Report.Published = "示例县某某镇人民政府", "2025-02-08"
		}, "published", Warning, "没有直接规定乡镇", false},
		{"uncertain body", "K14", func(_ *testing.T, in *Input) {
			in.Report.Agency, in.Report.Published = "示例综合实验区管委会", "2025-04-02"
		}, "published", Warning, "不能确定", false},
		{"no date", "K14", func(_ *testing.T, in *Input) { in.Report.Published = "" }, "", "", "", true},
		{"in the future", "K14", func(_ *testing.T, in *Input) { in.Today = "2025-01-19" }, "published", Warning, "晚于检查当天", false},
		{"on the day", "K14", func(_ *testing.T, in *Input) { in.Today = "2025-01-20" }, "", "", "", false},
		{"before the year ended", "K14", func(_ *testing.T, in *Input) { in.Report.Published = "2024-12-30" }, "published", Warning, "才结束", false},
	}
	for _, tt := range tests {
		t.Run(tt.rule+" "+tt.name, tt.run)
	}
}

func text(in *Input, no int, s string) { in.Report.Section(no).Text = s }

func TestStructureRules(t *testing.T) {
	t.Parallel()
	tests := []ruleCase{
		{"text agrees", "K8", func(_ *testing.T, in *Input) { text(in, 1, "2024年，我局新收政府信息公开申请3511件。") }, "", "", "", false},
		{"text differs", "K8", func(_ *testing.T, in *Input) { text(in, 1, "2024年，我局新收政府信息公开申请3501件。") }, "section1", Warning, "3501", false},
		{"last year's figure", "K8", func(_ *testing.T, in *Input) { text(in, 1, "2023年，我局新收政府信息公开申请3000件。") }, "", "", "", false},
		{"missing section", "S1", func(_ *testing.T, in *Input) { in.Report.Sections = in.Report.Sections[:5] }, "section6", Warning, "六、其他需要报告的事项", false},
		{"out of order", "S1", func(_ *testing.T, in *Input) {
			s := in.Report.Sections
			s[4], s[5] = s[5], s[4]
		}, "section5", Warning, "顺序", false},
		{"other words in a title", "S2", func(_ *testing.T, in *Input) { in.Report.Sections[4].Title = "存在的主要问题及整改措施" }, "section5", Warning, "整改措施", false},
		{"numeral and spaces in a title", "S2", func(_ *testing.T, in *Input) {
			in.Report.Sections[4].Title = "五、 存在的主要问题及改进情况"
		}, "", "", "", false},
		{"a mirror in traditional characters", "S2", func(_ *testing.T, in *Input) {
			in.Report.Sections[1].Title = "二、主動(dòng)公開政府信息情況"
		}, "", "", "", false},
		{"free text", "S3", func(_ *testing.T, in *Input) {
			text(in, 1, "2024年，我局认真工作。\n(一) 加强组织领导。做好主动公开。\n(三) 主动公开信息。按要求公开。")
		}, "section1", Warning, "“依申请公开”“政府信息管理”“政府信息公开平台建设”“监督保障”", false},
		{"no text", "S3", func(_ *testing.T, in *Input) { text(in, 1, " ") }, "", "", "", true},
		{"changed label", "S4", func(_ *testing.T, in *Input) {
			in.Report.LabelNotes = []report.LabelNote{{Path: "table3.denied.prohibited_by_law", Printed: "其他法律行政止公开", Fixed: "其他法律行政法规禁止公开"}}
		}, "table3.denied.prohibited_by_law", Warning, "其他法律行政止公开", false},
		{"spaces in a label", "S4", func(_ *testing.T, in *Input) {
			in.Report.LabelNotes = []report.LabelNote{{Path: "table3.rejected.mass_requests", Printed: "无正当理由大量反复 申请", Fixed: "无正当理由大量反复申请"}}
		}, "", "", "", false},
		{"one row for 其他处理", "S5", func(t *testing.T, in *Input) { in.Report.Table3 = figures(t, "001").Table3 }, "table3.other", Warning, "三行", false},
		{"no table 4", "S6", func(_ *testing.T, in *Input) { in.Report.Table4 = nil }, "table4", Error, "没有读到表格", false},
		{"section 五 says nothing", "S7", func(_ *testing.T, in *Input) { text(in, 5, "无。") }, "section5", Warning, "只写了“无”", false},
		{"section 六 empty", "S7", func(_ *testing.T, in *Input) { text(in, 6, "\n") }, "section6", Warning, "没有内容", false},
		{"section 六 无", "S7", func(_ *testing.T, in *Input) { text(in, 6, "无") }, "", "", "", false},
		{"old format", "S8", func(_ *testing.T, in *Input) { in.Report.Format = report.Format2019 }, "format", Warning, "旧格式", false},
		{"old format in its time", "S8", func(_ *testing.T, in *Input) { in.Report.Format, in.Report.Year = report.Format2019, 2020 }, "", "", "", false},
		{"period of another year", "S9", func(_ *testing.T, in *Input) {
			in.Report.Preamble = "本报告中所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
		}, "preamble", Error, "应为2024年1月1日", false},
		{"last year's story", "S9", func(_ *testing.T, in *Input) {
			text(in, 1, "（一）主动公开。2023年，我局公开信息90条。")
		}, "section1", Warning, "2023年，我局公开", false},
		{"comparison and plan", "S9", func(_ *testing.T, in *Input) {
			text(in, 1, "2024年，我局新收申请36件，较2023年增加3件。2023年以来，我局持续推进。2023年度政府信息公开工作年度报告按期公布。根据《2023年政务公开工作要点》开展工作。")
			text(in, 5, "2023年存在的问题已经整改。2025年，我局将加强培训。下一步，2025年继续推进。")
		}, "", "", "", false},
		{"plan for the year that is over", "S9", func(_ *testing.T, in *Input) {
			text(in, 5, "存在力量不足的问题。下一步，2024年我局将加大公开力度。")
		}, "section5", Warning, "2024年我局", false},
		{"title of another year", "S9", func(_ *testing.T, in *Input) {
			in.Report.Title = "示例市教育局2023年政府信息公开工作年度报告"
		}, "title", Warning, "2023年", false},
		{"another year's report in the preamble", "S9", func(_ *testing.T, in *Input) {
			in.Report.Preamble = "根据条例要求，编制了2023年政府信息公开年度报告。"
		}, "preamble", Warning, "2023年政府信息公开年度报告", false},
		{"no year", "S9", func(_ *testing.T, in *Input) { in.Report.Year = 0 }, "", "", "", true},
		{"placeholder", "S10", func(_ *testing.T, in *Input) {
			text(in, 1, "2024年，我局主动公开信息XX条，答复××件。")
		}, "section1", Warning, "2 处", false},
		{"no placeholder", "S10", func(_ *testing.T, in *Input) {
			text(in, 1, "网址 http://xx.example/xx__yy ，推行“1+X”新闻发布，规格为3×4。")
		}, "", "", "", false},
		{"no word on fees", "S11", func(t *testing.T, in *Input) {
			text(in, 6, "无其他需要报告的事项。")
			set(t, in.Report, "table3.other.fee_overdue.total", 0)
		}, "section6", Info, "信息处理费", false},
		{"no word on fees that were asked for", "S11", func(_ *testing.T, in *Input) { text(in, 6, "无其他需要报告的事项。") }, "section6", Warning, "10 件", false},
		{"copied", "S12", func(t *testing.T, in *Input) { previousOf(t, in) }, "text", Warning, "100%", false},
		{"written anew", "S12", func(t *testing.T, in *Input) {
			p := previousOf(t, in)
			for i := range p.Sections {
				p.Sections[i].Text = strings.ReplaceAll(p.Sections[i].Text, "。", "，另有安排。")
			}
		}, "", "", "", false},
		{"nothing to compare with", "S12", func(*testing.T, *Input) {}, "", "", "", true},
		{"another body's text", "S13", func(_ *testing.T, in *Input) {
			in.Report.Preamble = "本报告由示例市财政局编制。"
		}, "preamble", Warning, "示例市财政局", false},
		{"the office of the body", "S13", func(_ *testing.T, in *Input) {
			in.Report.Preamble = "本报告由教育局根据条例编制，请与示例市政务公开办公室联系。"
		}, "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.rule+" "+tt.name, tt.run)
	}
}

func TestRulesAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] || r.Title == "" || r.Formula == "" || r.Check == nil || len(r.Sources) == 0 {
			t.Errorf("rule %q is listed twice or not described: %+v", r.ID, r)
		}
		seen[r.ID] = true
		for _, s := range r.Sources {
			if s.String() == "" {
				t.Errorf("rule %s: empty source", r.ID)
			}
		}
	}
	for _, id := range []string{"K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K12", "K13", "K14"} {
		if !seen[id] {
			t.Errorf("rule %s is not listed", id)
		}
	}
}
