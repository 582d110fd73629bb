package report_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
)

// TestJSONShape holds the form that others read: names, order, and where a number is not a plain number.
func TestJSONShape(t *testing.T) {
	r := &report.Report{File: "a.html", Agency: "虚构市", Year: 2024, Format: report.Format2021,
		Sections: []report.Section{{No: 1, Title: "总体情况", Text: "一段<话>"}}, Table2: report.NewTable(report.V2021.Table2)}
	*r.Table2.Get("regulations", 0) = report.Num(3)
	*r.Table2.Get("regulations", 1) = report.Cell{Kind: report.Slash}
	*r.Table2.Get("fees_wan_yuan", 0) = report.Cell{Kind: report.Number, N: 7_730_280_000, Decimals: 2}
	r.Doubt("table3", "没有", "")
	r.Doubt("table2.licences", "看到 12", "12")
	got, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"schema":"gongkai.report/v1","file":"a.html","agency":"虚构市","year":2024,"format":"2021",` +
		`"sections":[{"no":1,"title":"总体情况","text":"一段\u003c话\u003e"}],` +
		`"table2":{"regulations":{"issued":3,"repealed":null,"in_force":null},"normative_documents":{"issued":null,"repealed":null,"in_force":null},` +
		`"licences":null,"penalties":null,"enforcements":null,"fees_wan_yuan":"7730.28"},"table3":null,"table4":null,` +
		`"doubts":[{"path":"table3","why":"没有","read":null},{"path":"table2.licences","why":"看到 12","read":12}],` +
		`"kinds":{"table2.regulations.repealed":"slash","table2.regulations.in_force":"absent","table2.normative_documents.issued":"absent",` +
		`"table2.normative_documents.repealed":"absent","table2.normative_documents.in_force":"absent","table2.licences":"absent",` +
		`"table2.penalties":"absent","table2.enforcements":"absent"}}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
}

func TestJSONRefusesWhatIsNoReport(t *testing.T) {
	tests := []struct {
		name, text string
		kind       fault.Kind
		code       string
	}{
		{"other schema", `{"schema":"x"}`, fault.NotReport, "report.json_schema"},
		{"no table of this format", `{"schema":"gongkai.report/v1","format":"1999","table2":{}}`, fault.Unreadable, "report.json_value"},
		{"a word for a number", `{"schema":"gongkai.report/v1","format":"2021","table2":{"licences":"many"}}`, fault.Unreadable, "report.json_value"},
		{"a broken number", `{"schema":"gongkai.report/v1","format":"2021","table2":{"licences":1.5}}`, fault.Unreadable, "report.json_value"},
		{"money below one fen", `{"schema":"gongkai.report/v1","format":"2021","table2":{"fees_wan_yuan":"0.0000001"}}`, fault.Unreadable, "report.json_value"},
		{"six values", `{"schema":"gongkai.report/v1","format":"2021","table3":{"rows":[{"key":"granted","values":[1,2,3,4,5,6]}]}}`, fault.Unreadable, "report.json_value"},
		{"unknown row", `{"schema":"gongkai.report/v1","format":"2021","table3":{"rows":[{"key":"x","values":[]}]}}`, fault.Unreadable, "report.json_value"},
		{"section 7", `{"schema":"gongkai.report/v1","sections":[{"no":7}]}`, fault.Unreadable, "report.json_value"},
	}
	for _, tt := range tests {
		var r report.Report
		err := json.Unmarshal([]byte(tt.text), &r)
		if !errors.Is(err, tt.kind) || fault.CodeOf(err) != tt.code {
			t.Errorf("%s: %v (%s)", tt.name, err, fault.CodeOf(err))
		}
	}
}

func TestAbsurdJSONIsRefusedInAFewWords(t *testing.T) {
	for name, text := range map[string]string{
		"a number that sums could overflow with": `{"schema":"gongkai.report/v1","format":"2021","table2":{"licences":9223372036854775807}}`,
		"a year":                                 `{"schema":"gongkai.report/v1","year":20250}`,
		"a huge key":                             `{"schema":"gongkai.report/v1","format":"2021","table4":{"` + strings.Repeat("长", 10_000) + `":1}}`,
		"a huge value":                           `{"schema":"gongkai.report/v1","format":"2021","table2":{"licences":"` + strings.Repeat("长", 10_000) + `"}}`,
	} {
		var r report.Report
		err := json.Unmarshal([]byte(text), &r)
		if fault.CodeOf(err) != "report.json_value" || len(err.Error()) > 600 {
			t.Errorf("%s: %.100v", name, err)
		}
	}
}

func TestMoneyIsExact(t *testing.T) {
	tests := []struct {
		text     string
		fen      int64
		decimals uint8
		ok       bool
		printed  string
	}{
		{"0", 0, 0, true, "0"}, {"7730.28", 7_730_280_000, 2, true, "7730.28"}, {"0.000001", 1, 6, true, "0.000001"},
		{"24252.311082", 24_252_311_082, 6, true, "24252.311082"}, {"1.50", 1_500_000, 2, true, "1.50"}, {"-1.5", -1_500_000, 1, true, "-1.5"},
		{"1.5000000", 1_500_000, 6, true, "1.500000"}, {"0.0000001", 0, 0, false, ""}, {"", 0, 0, false, ""}, {"1.", 0, 0, false, ""},
		{"9223372036854.775807", 9223372036854775807, 6, true, "9223372036854.775807"}, {"9223372036854.775808", 0, 0, false, ""},
	}
	for _, tt := range tests {
		fen, dec, ok := report.ParseWan(tt.text)
		if fen != tt.fen || dec != tt.decimals || ok != tt.ok {
			t.Errorf("%q: %d, %d, %t", tt.text, fen, dec, ok)
		}
		if ok && report.WanString(fen, dec) != tt.printed {
			t.Errorf("%q prints %q", tt.text, report.WanString(fen, dec))
		}
	}
}

func TestFormatsHave200Cells(t *testing.T) {
	f := report.V2021
	if n := f.Table2.Size() + f.Table3.Size() + f.Table4.Size(); n != 200 {
		t.Errorf("the 2021 format has %d cells", n)
	}
	if n := len(report.V2019.Table3.Rows); n != 23 {
		t.Errorf("table 3 of 2019 has %d rows", n)
	}
	var keys []string
	for _, r := range f.Table3.Rows {
		keys = append(keys, r.Key)
	}
	want := "new_received carried_in granted partial denied.state_secret denied.prohibited_by_law denied.security_stability denied.third_party " +
		"denied.internal_affairs denied.process_information denied.enforcement_file denied.administrative_query unavailable.not_held " +
		"unavailable.needs_creation unavailable.still_unclear rejected.petition_complaint rejected.repeated rejected.publication " +
		"rejected.mass_requests rejected.reconfirmation other.correction_overdue other.fee_overdue other.other total carried_out"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("row keys:\n%s", got)
	}
}

// FuzzJSON: any text is either refused with a code or read as a report that writes itself back unchanged.
func FuzzJSON(f *testing.F) {
	f.Add(`{"schema":"gongkai.report/v1","format":"2021","table2":{"licences":1,"fees_wan_yuan":"0.5"},"kinds":{"table2.penalties":"slash"}}`)
	f.Add(`{"schema":"gongkai.report/v1","format":"2019","table3":{"rows":[{"key":"other","values":[1,0,0,0,0,0,1]}]}}`)
	f.Fuzz(func(t *testing.T, s string) {
		var r report.Report
		if json.Unmarshal([]byte(s), &r) != nil {
			return
		}
		a, err := json.Marshal(&r)
		if err != nil {
			t.Fatal(err)
		}
		var back report.Report
		err = json.Unmarshal(a, &back)
		if err != nil {
			t.Fatalf("%v\n%s", err, a)
		}
		b, err := json.Marshal(&back)
		if err != nil {
			t.Fatal(err)
		}
		if string(a) != string(b) {
			t.Errorf("changed:\n%s\n%s", a, b)
		}
	})
}
