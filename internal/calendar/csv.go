package calendar

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/gongkai/gongkai/internal/fault"
)

// Limits of the CSV of a notice: a year has 366 days, and no holiday has a long name.
const (
	maxRows = 4000
	maxName = 30 // characters
)

// ParseCSV reads the days of a notice as an administrator uploads them: columns date,type,name in UTF-8, with that head.
// type is holiday (or 放假) or workday (or 上班). A day may stand once. The days come back as they stand.
//
// Errors: fault.Usage, code "calendar.csv", with the line; an error of r as it is.
func ParseCSV(r io.Reader) ([]Named, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	var out []Named
	seen := map[Date]int{}
	for head := true; ; {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			return finish(out, head)
		}
		if err != nil {
			return nil, csvError(err)
		}
		line, _ := c.FieldPos(0)
		if head {
			head = false
			if !isHead(rec) {
				return nil, atLine(line, "第一行应为表头 date,type,name，请补上")
			}
			continue
		}
		d, err := parseRow(line, rec)
		if err != nil {
			return nil, err
		}
		if before, ok := seen[d.Date]; ok {
			return nil, atLine(line, fmt.Sprintf("%s 在第 %d 行已经列过，请只留一次", d.Date, before))
		}
		if len(out) == maxRows {
			return nil, atLine(line, fmt.Sprintf("超过 %d 行，放假通知没有这么多天，请核对文件", maxRows))
		}
		seen[d.Date] = line
		out = append(out, d)
	}
}

func finish(out []Named, head bool) ([]Named, error) {
	if head || len(out) == 0 {
		return nil, atLine(1, "没有列出任何一天；每天一行，写成 2026-10-01,holiday,国庆节")
	}
	return out, nil
}

func isHead(rec []string) bool {
	return len(rec) == 3 && strings.TrimPrefix(rec[0], "\ufeff") == "date" && rec[1] == "type" && rec[2] == "name"
}

func parseRow(line int, rec []string) (Named, error) {
	if len(rec) != 3 {
		return Named{}, atLine(line, fmt.Sprintf("有 %d 列，应为 3 列：日期,类型,名称", len(rec)))
	}
	date, err := ParseDate(strings.TrimSpace(rec[0]))
	if err != nil {
		return Named{}, atLine(line, fault.Message(err))
	}
	var kind Kind
	switch strings.TrimSpace(rec[1]) {
	case "holiday", "放假":
		kind = DayOff
	case "workday", "上班":
		kind = DayWork
	default:
		return Named{}, atLine(line, fmt.Sprintf("类型是“%s”，只能写 holiday（放假）或 workday（上班）", rec[1]))
	}
	name := strings.TrimSpace(rec[2])
	switch {
	case name == "":
		return Named{}, atLine(line, "没有写是哪个节日，请补上，如“春节”")
	case len([]rune(name)) > maxName || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return Named{}, atLine(line, fmt.Sprintf("节日名称不能超过 %d 个字，也不能有换行等控制字符；文件要存成 UTF-8", maxName))
	}
	return Named{date, kind, name}, nil
}

func csvError(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return fault.Wrap(fault.Usage, "calendar.csv", fmt.Sprintf("第 %d 行：引号不成对，无法读取；请用逗号分隔，名称不要带引号", p.Line), err)
	}
	return fmt.Errorf("calendar: csv: %w", err)
}

func atLine(line int, message string) error {
	return fault.New(fault.Usage, "calendar.csv", fmt.Sprintf("第 %d 行：%s", line, message))
}
