package calendars

import (
	"fmt"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// day writes a date as people read it, with its weekday and what is unusual about it.
func day(t calendar.Table, d calendar.Date) string {
	s := d.Chinese() + " " + d.ChineseWeekday()
	if class, _ := t.Class(d); class == calendar.Makeup {
		s += "（调休上班）"
	}
	return s
}

// month is a month of the grid: every day with what it is.
func month(t calendar.Table, year int, m time.Month) ui.ProofData {
	first := calendar.NewDate(year, m, 1)
	p := ui.ProofData{Caption: fmt.Sprintf("%d年%d月", year, m), Small: true}
	for monday := first.AddDays(-mondayFirst(first)); monday.Before(calendar.NewDate(year, m+1, 1)); monday = monday.AddDays(7) {
		var week [7]ui.ProofDay
		for i := range week {
			week[i] = gridDay(t, monday.AddDays(i), m)
		}
		p.Weeks = append(p.Weeks, week)
	}
	return p
}

func mondayFirst(d calendar.Date) int { return (int(d.Weekday()) + 6) % 7 }

func gridDay(t calendar.Table, d calendar.Date, m time.Month) ui.ProofDay {
	if d.Month() != m {
		return ui.ProofDay{Class: "off", Day: itoa(d.Day())}
	}
	out := ui.ProofDay{Day: itoa(d.Day())}
	switch class, _ := t.Class(d); class {
	case calendar.Holiday:
		out.Class, out.Text = "hol", "休"
	case calendar.Makeup:
		out.Class, out.Text = "start", "班"
	case calendar.Weekend:
		out.Class, out.Text = "we", "—"
	case calendar.Workday, calendar.Excluded:
	}
	return out
}

// run is days of one kind and name that follow each other.
type run struct {
	from, to calendar.Date
	kind     calendar.Kind
	name     string
	n        int
}

// runs puts the days of a notice together as people read them.
func runs(n calendar.Notice) []run {
	days, err := clock.DecodeDays(clock.EncodeDays(n)) // in order
	if err != nil {
		days = n.Days
	}
	var out []run
	for _, d := range days {
		if k := len(out) - 1; k >= 0 && out[k].kind == d.Kind && out[k].name == d.Name && out[k].to.AddDays(1) == d.Date {
			out[k].to = d.Date
			out[k].n++
			continue
		}
		out = append(out, run{d.Date, d.Date, d.Kind, d.Name, 1})
	}
	return out
}

func (r run) kindText() string {
	if r.kind == calendar.DayWork {
		return "上班"
	}
	return "放假"
}

func (r run) days() string {
	from := r.from.Chinese() + " " + r.from.ChineseWeekday()
	if r.n == 1 {
		return from
	}
	return from + "至 " + r.to.Chinese() + " " + r.to.ChineseWeekday()
}

// sums says in a sentence what happens to the running deadlines.
func sums(s clock.Sums) string {
	if s.Seen == 0 {
		return "没有在办的期限。"
	}
	out := fmt.Sprintf("在办的期限 %d 个：最后一天推后的 %d 个，提前的 %d 个", s.Seen, s.Gained, s.Lost)
	if s.Settled > 0 {
		out += fmt.Sprintf("，日子不变、暂定状态有变的 %d 个", s.Settled)
	}
	if s.Failed > 0 {
		out += fmt.Sprintf("，算不出的 %d 个", s.Failed)
	}
	return out + "。"
}

// change says what became of a deadline.
func change(m clock.Move) (ui.Color, string) {
	switch {
	case m.Problem != "":
		return ui.Red, "没有算出"
	case m.DaysBetween > 0:
		return ui.Green, fmt.Sprintf("推后 %d 个工作日", m.DaysBetween)
	case m.DaysBetween < 0:
		return ui.Amber, fmt.Sprintf("提前 %d 个工作日", -m.DaysBetween)
	case m.Is.After(m.Was):
		return ui.Green, fmt.Sprintf("推后 %d 天", m.Is.DaysSince(m.Was))
	case m.Is.Before(m.Was):
		return ui.Amber, fmt.Sprintf("提前 %d 天", m.Was.DaysSince(m.Is))
	case m.IsOpen:
		return ui.Amber, "成为暂定"
	default:
		return ui.Blue, "不再是暂定"
	}
}

func provisional(d calendar.Date, open bool) string {
	s := d.Chinese() + " " + d.ChineseWeekday()
	if open {
		s += "（暂定）"
	}
	return s
}

func ruleName(k deadline.Kind) string {
	r, err := deadline.RuleOf(k)
	if err != nil {
		return string(k)
	}
	return r.Name
}

func lawText(all []legal.Ref) string {
	parts := make([]string, len(all))
	for i, l := range all {
		parts[i] = l.Brief()
	}
	return strings.Join(parts, "；")
}

// left says how much time is left, and in which colour.
func left(r clock.Row) (ui.Color, string, string) {
	switch {
	case !r.Running():
		return ui.Plainly, "ok", "已结束"
	case r.Late(r.Today):
		return ui.Red, "warn", fmt.Sprintf("逾期 %d 个工作日", r.Over)
	case r.Passed():
		return ui.Plainly, "", "对方期限已满"
	case !clock.Ours(r.Input.Kind):
		return ui.Violet, "", fmt.Sprintf("对方还有 %d 个工作日", r.Left)
	case r.Left == 0:
		return ui.Amber, "clock", "今天是最后一天"
	case r.Left <= soonDays:
		return ui.Amber, "clock", fmt.Sprintf("还剩 %d 个工作日", r.Left)
	default:
		return ui.Plainly, "", fmt.Sprintf("还剩 %d 个工作日", r.Left)
	}
}

// soonDays is from how many working days on a deadline is shown as close.
const soonDays = 2

// plate is a deadline at a glance.
func plate(d clock.Detail) ui.PlateData {
	p := ui.PlateData{Kind: "还剩", Left: itoa(d.Left), Unit: "个工作日", Label: "最后一天", Date: d.Due.Chinese(), Stamp: d.Due.String(),
		Note: strings.TrimPrefix(day(d.Table, d.Due), d.Due.Chinese()+" ")}
	if !clock.Ours(d.Input.Kind) {
		p.Label = "对方的最后一天"
	}
	if d.Provisional {
		p.Label += "（暂定）"
	}
	switch {
	case !d.Running():
		p.State, p.Kind, p.Left, p.Unit = "done", "已", "结束", ""
	case d.Passed():
		p.Kind, p.Left = "已过", itoa(d.Over)
		if d.Late(d.Today) {
			p.State, p.Kind = "late", "已超过"
		}
	case d.Left <= soonDays && clock.Ours(d.Input.Kind):
		p.State = "soon"
	}
	return p
}

// proof lays the days of a period out in weeks from Monday to Sunday.
func proof(d clock.Detail) ui.ProofData {
	r := d.Result
	p := ui.ProofData{Caption: fmt.Sprintf("从 %s 起逐日计算，到 %s 为最后一天", r.Start.Chinese(), r.Due.Chinese()),
		Key: []ui.ProofKey{{Sign: "hol", Text: "放假"}, {Sign: "work", Text: "调休上班"}, {Sign: "ex", Text: "征求意见，扣除"}}}
	for monday := r.Start.AddDays(-mondayFirst(r.Start)); !monday.After(r.Due); monday = monday.AddDays(7) {
		var week [7]ui.ProofDay
		for i := range week {
			week[i] = proofDay(d, monday.AddDays(i))
		}
		p.Weeks = append(p.Weeks, week)
	}
	return p
}

func proofDay(d clock.Detail, on calendar.Date) ui.ProofDay {
	r := d.Result
	out := ui.ProofDay{Day: itoa(on.Day())}
	if on == r.Start || on.Day() == 1 {
		out.Day = fmt.Sprintf("%d月%d", on.Month(), on.Day())
	}
	i := on.DaysSince(r.Start) - 1
	switch {
	case i == -1:
		out.Class, out.Text = "start", "起算"
	case i < 0 || i >= len(r.Days):
		out.Class = "off"
		return out
	default:
		line := r.Days[i]
		if line.N > 0 {
			out.Text = fmt.Sprintf("第 %d 天", line.N)
		}
		counted(&out, line)
	}
	if on == r.Due {
		out.Class, out.Note = "last", "最后一天"
	}
	if on == d.Today {
		out.Class = strings.TrimSpace(out.Class + " today")
		if out.Note == "" {
			out.Note = "今天"
		}
	}
	return out
}

func counted(out *ui.ProofDay, line calendar.Day) {
	switch line.Class {
	case calendar.Weekend:
		out.Class = "we"
	case calendar.Holiday:
		out.Class, out.Mark = "hol", "休"
		if line.N == 0 {
			out.Text = line.Name
		}
	case calendar.Makeup:
		out.Mark = "班"
	case calendar.Excluded:
		out.Class, out.Text = "ex", "扣除"
	case calendar.Workday:
	}
	if out.Text == "" {
		out.Text = "—"
	}
}

// happened lists what has moved a deadline, for its page.
func happened(d clock.Detail) []ui.Def {
	in := d.Input
	rule := d.Result.Rule
	out := []ui.Def{{Term: "期限", Text: rule.Name + "，" + rule.Period()}, {Term: "起算", Text: rule.From + "：" + in.Received.Chinese() + "（当天不算）"}}
	add := func(given bool, term, text string) {
		if given {
			out = append(out, ui.Def{Term: term, Text: text})
		}
	}
	add(!in.Corrected.IsZero(), "收到补正", in.Corrected.Chinese()+"，从这天重新起算")
	add(!in.FeePaid.IsZero(), "缴费", in.FeePaid.Chinese()+"，从这天重新起算")
	for _, s := range in.Consults {
		add(true, "征求意见", s.From.Chinese()+"发出，"+s.To.Chinese()+"收到或期满，其间的工作日不算")
	}
	add(in.Extend > 0, "延期", fmt.Sprintf("%d 个工作日", in.Extend))
	add(!d.Frozen.IsZero(), "已告知", fmt.Sprintf("《%s》写明最后一天是 %s", d.Document, d.Frozen.Chinese()))
	add(!d.Running(), "结束", d.Outcome+"，"+ui.Beijing(d.Closed))
	return append(out, ui.Def{Term: "依据", Text: lawText(d.Result.Legal)})
}

func (v noticeView) facts() []ui.Def {
	n := v.Notice
	years := "不涉及，只改动已有的安排"
	if len(n.Years) > 0 {
		years = joined(n.Years, "、") + "年"
	}
	out := []ui.Def{{Term: "文号", Text: n.Number}, {Term: "成文", Text: n.Issued.Chinese()}, {Term: "公布", Text: n.Known.Chinese()}, {Term: "安排的年份", Text: years},
		{Term: "来源", Text: orDash(n.Source)}, {Term: "校验值", Text: v.Digest}, {Term: "录入", Text: v.Proposed.Name + "，" + ui.Beijing(v.Proposed.At)}}
	if !v.Reviewed.At.IsZero() {
		out = append(out, ui.Def{Term: "审核", Text: v.Reviewed.Name + "，" + ui.Beijing(v.Reviewed.At)}, ui.Def{Term: "意见", Text: orDash(v.Comment)})
	}
	return out
}

func (v recountView) movesTitle() string {
	if v.keeps {
		return "有变的期限"
	}
	return "您经办的期限里有变的"
}

func (v recountView) emptyHint() string {
	if v.keeps {
		return "这次改动没有影响任何在办的期限。"
	}
	return "这次改动没有影响您经办的期限。"
}

// total is how many moves there are in all; of somebody's own all are shown.
func (v recountView) total() int {
	if v.keeps {
		return v.re.Changed() + v.re.Settled + v.re.Failed
	}
	return len(v.moves)
}

// line says what matters most about the list.
func (v listView) line() string {
	if v.list.Late > 0 {
		return fmt.Sprintf("有 %d 件逾期，排在最前面。", v.list.Late)
	}
	return "没有逾期。先到期的排在最前面。"
}
