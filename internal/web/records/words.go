package records

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

func kindOptions() []ui.Option {
	var out []ui.Option
	for _, n := range kindNames() {
		out = append(out, ui.Option{Value: n.Value, Text: n.Name})
	}
	return out
}

func kindName(kind string) string { return agency.NameOf(kindNames(), kind) }

func who(e audit.Entry) string {
	if e.Actor == "" {
		return "系统（" + viaName(e.Name) + "）"
	}
	if e.For != "" {
		return e.Name + "（代理）"
	}
	return e.Name
}

func proofText(broken *audit.Break, head audit.Head, anchors int) string {
	if broken == nil {
		s := fmt.Sprintf("%d 条记录全部核对过，一条接一条，没有改动。", head.Seq)
		if anchors > 0 {
			s += fmt.Sprintf("与以前导出的 %d 个链头相符。", anchors)
		}
		return s
	}
	return fmt.Sprintf("第 %d 条起对不上：%s。请保留现场，把这个编号告诉上级和系统管理员。", broken.Seq, broken.Why)
}

func entryDefs(e audit.Entry) []ui.Def {
	defs := []ui.Def{{Term: "什么事", Text: actionName(e.Action)}, {Term: "谁", Text: who(e)}, {Term: "何时", Text: ui.Beijing(e.At)},
		{Term: "从哪里", Text: viaName(e.Via)}, {Term: "对象", Text: subjectName(e.Subject.Kind) + subjectNumber(e.Subject)}}
	if e.Cause != "" {
		defs = append(defs, ui.Def{Term: "缘由", Text: e.Cause})
	}
	return append(defs, ui.Def{Term: "程序里的名称", Text: e.Action}, ui.Def{Term: "上一条哈希", Text: fmt.Sprintf("%x", e.Prev)}, ui.Def{Term: "本条哈希（" + e.Alg + "）", Text: fmt.Sprintf("%x", e.Hash)})
}

func subjectNumber(s audit.Subject) string {
	if s.ID == "" {
		return ""
	}
	return "（编号 " + s.ID + "）"
}

// shown are the changes as they are shown: protected values closed, unless they were opened on this page.
func shown(v entryView) []ui.Change {
	var out []ui.Change
	for _, c := range v.changes {
		row := ui.Change{Field: fieldName(v.entry.Action, c.Field), Before: value(v.entry.Action, c, c.Before), After: value(v.entry.Action, c, c.After)}
		if o, ok := v.opened[c.Field]; ok {
			row.Before, row.After = o[0], o[1]
		}
		out = append(out, row)
	}
	return out
}

func value(action string, c audit.Change, v *string) string {
	switch {
	case v == nil:
		return "（没有）"
	case *v == "":
		return "（空白）"
	case c.Sealed:
		return "（受保护）"
	}
	return said(action, c.Field, *v)
}

func sealedFields(v entryView) []ui.Option {
	var out []ui.Option
	for _, c := range v.changes {
		if _, open := v.opened[c.Field]; c.Sealed && !open {
			out = append(out, ui.Option{Value: c.Field, Text: fieldName(v.entry.Action, c.Field)})
		}
	}
	return out
}

func stateText(j work.Job, now time.Time) string {
	switch {
	case j.State == work.Failed:
		return "没有办成"
	case j.Attempts > 0 && j.DueAt.After(now):
		return "在办，或等着再试"
	case j.DueAt.After(now):
		return "到时再办"
	}
	return "等着办"
}

func countText(counts []work.Count) string {
	var parts []string
	for _, c := range counts {
		state := "等着办"
		if c.State == work.Failed {
			state = "没有办成"
		}
		parts = append(parts, fmt.Sprintf("%s：%s %d 项", JobName(c.Kind), state, c.N))
	}
	return strings.Join(parts, "；")
}

// subjectURL lists all entries about one thing.
func subjectURL(s audit.Subject) string {
	return "/desk/audit?" + url.Values{"subject": {s.Kind}, "id": {s.ID}}.Encode()
}
