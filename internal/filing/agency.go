package filing

import (
	"context"
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
)

// MaxAgencies bounds the list of expected agencies.
const MaxAgencies = 5000

// ParseAgencies reads a list of agencies as people paste it: one name a line, after it, if wanted, a group behind a tab,
// a comma or two spaces. Names given twice are one. Errors: fault.Usage, naming the line.
func ParseAgencies(text string) ([]Agency, error) {
	var out []Agency
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.ReplaceAll(line, "\u3000", "  "))
		if line == "" {
			continue
		}
		a := Agency{Name: line}
		for _, sep := range []string{"\t", "，", ",", "  "} {
			if name, group, ok := strings.Cut(line, sep); ok {
				a = Agency{Name: strings.TrimSpace(name), Group: strings.TrimSpace(group)}
				break
			}
		}
		if a.Name == "" || len(a.Name) > 300 || len(a.Group) > 120 {
			return nil, fault.New(fault.Usage, "agency.name", fmt.Sprintf("第 %d 行的机关名称是空的或太长，请改正后再保存", i+1))
		}
		if key := report.AgencyKey(a.Name); !seen[key] {
			seen[key] = true
			out = append(out, a)
		}
	}
	if len(out) > MaxAgencies {
		return nil, fault.New(fault.Usage, "agency.too_many", fmt.Sprintf("名单有 %d 家，最多 %d 家", len(out), MaxAgencies))
	}
	return out, nil
}

// Agencies lists the expected agencies.
func (s *Service) Agencies(ctx context.Context) (list []Agency, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		list, err = tx.Agencies(ctx)
		return err
	})
	return list, err
}

// UseTree says who is expected for a year where no list was written: the agencies of the tree of that year that hand in a
// report. Legal: 条例 第四十九条.
func (s *Service) UseTree(roster func(ctx context.Context, year int) ([]Agency, error)) {
	s.roster = roster
}

// Expected lists the agencies from which a report is expected for a year: those of the list that somebody wrote as they were
// in that year, else those of the tree of that year.
func (s *Service) Expected(ctx context.Context, year int) ([]Agency, error) {
	list, err := s.listed(ctx, year)
	if err != nil {
		return nil, err
	}
	h, err := s.then(ctx, list, year)
	return h.of(list), err
}

// listed is the list that somebody wrote as it stands, else the agencies of the tree of a year.
func (s *Service) listed(ctx context.Context, year int) ([]Agency, error) {
	list, err := s.Agencies(ctx)
	if err != nil || len(list) > 0 || s.roster == nil {
		return list, err
	}
	return s.roster(ctx, year)
}

// Expect replaces the list of expected agencies. Errors: fault.NotFound for who may not.
func (s *Service) Expect(ctx context.Context, by account.Actor, list []Agency) error {
	if err := may(by); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		before, err := tx.Agencies(ctx)
		if err != nil {
			return err
		}
		if err := tx.ReplaceAgencies(ctx, list); err != nil {
			return err
		}
		was, is := lines(before), lines(list)
		return tx.Note(ctx, by, audit.Note{Action: "expected.replace", Subject: audit.Subject{Kind: "expected"},
			Changes: []audit.Change{{Field: "agencies", Before: &was, After: &is}}})
	})
}

// lines writes a list of agencies as ParseAgencies reads it.
func lines(list []Agency) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString(a.Name)
		if a.Group != "" {
			b.WriteString("\t" + a.Group)
		}
		b.WriteString("\n")
	}
	return b.String()
}
