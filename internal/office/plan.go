package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Plan is what a list would change.
type Plan struct {
	From     calendar.Date
	Items    []Item
	Same     int             // rows that change nothing
	Missing  []agency.Agency // that the actor manages and the list does not name; they stay as they are
	Problems []Problem       // nothing can be done while there is one
	Digest   string          // of the list and of the tree that it was held against; blank while there are problems
}

// Item is what one row would change.
type Item struct {
	Line                int
	Agency              agency.ID // "" for a new one
	Name                string
	From                calendar.Date
	New, Renamed, Moved bool
	Fields              []Field
	SectionsNew         []string
	SectionsEnded       []string
}

// Field is one field before and after, as people read it.
type Field struct{ Label, Before, After string }

// imported is a list that waits for its confirmation.
type imported struct {
	Rows   []Row            `json:"rows"`
	From   calendar.Date    `json:"from"`
	Reason string           `json:"reason"`
	By     account.PersonID `json:"by"`
}

// importing is a list that is held against the tree.
type importing struct {
	*edit
	list  imported
	plan  Plan
	newID func(line int) (agency.ID, error)
	rows  []matched
	index map[string][]agency.ID // names and codes as they will be
}

type matched struct {
	Row
	id  agency.ID
	day calendar.Date
	old agency.Version // zero for a new one
}

// Preview says what a list would change from a day on (where a row names none of its own), and remembers it. A reason is
// needed where it would change the past. Nothing else happens. Errors: fault.NotFound for who manages no agency.
func (s *Service) Preview(ctx context.Context, by account.Actor, rows []Row, from calendar.Date, reason string) (p Plan, err error) {
	err = s.update(ctx, by, func(w *work) error {
		if !by.CanAnywhere(account.ManageAgency) {
			return errNoAgency
		}
		if from.IsZero() {
			from = w.today
		}
		m := w.importing(imported{rows, from, strings.TrimSpace(reason), by.Person})
		m.newID = func(line int) (agency.ID, error) { return agency.ID("line-" + strconv.Itoa(line)), nil }
		if err := m.run(ctx); err != nil {
			return err
		}
		p = m.plan
		if p.Digest == "" {
			return nil
		}
		body, err := json.Marshal(m.list)
		if err != nil {
			return fmt.Errorf("office: import: %w", err)
		}
		return w.tx.KeepImport(ctx, p.Digest, body)
	})
	return p, err
}

// Apply does what a preview said, all of it or nothing, and only while the tree is what the preview saw.
// Errors: fault.NotFound for a preview that is not there any more; fault.Conflict when something has changed since.
func (s *Service) Apply(ctx context.Context, by account.Actor, digest string) (p Plan, err error) {
	err = s.update(ctx, by, func(w *work) error {
		body, err := w.tx.KeptImport(ctx, digest)
		if errors.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, "office.import_gone", "这次预览已经过期，请重新上传名单")
		}
		if err != nil {
			return err
		}
		var list imported
		if err := json.Unmarshal(body, &list); err != nil {
			return fmt.Errorf("office: import: %w", err)
		}
		m := w.importing(list)
		m.newID = func(int) (agency.ID, error) {
			id, err := w.tx.NewID()
			return agency.ID(id), err
		}
		if err := m.run(ctx); err != nil {
			return err
		}
		if m.plan.Digest != digest || list.By != by.Person {
			return fault.New(fault.Conflict, "office.import_stale", "名单预览以后，机构又有改动；没有导入，请重新预览再确认")
		}
		p = m.plan
		if err := m.commit(ctx); err != nil {
			return err
		}
		if len(p.Items) == 0 {
			return nil
		}
		return w.tx.Note(ctx, by, audit.Note{Action: "agency.import", Subject: audit.Subject{Kind: "import", ID: digest}, Cause: list.Reason,
			Changes: []audit.Change{change("rows", "", strconv.Itoa(len(p.Items)))}})
	})
	return p, err
}

func (w *work) importing(list imported) *importing {
	return &importing{edit: w.edit(), list: list, plan: Plan{From: list.From}, index: map[string][]agency.ID{}}
}

// run works out the plan, and what it changes in the registry to come.
func (m *importing) run(ctx context.Context) error {
	if err := m.match(); err != nil {
		return err
	}
	m.file()
	if err := m.create(ctx); err != nil {
		return err
	}
	for i := range m.rows {
		if m.rows[i].old.Agency == "" {
			continue
		}
		if err := m.told(m.rows[i].Line, m.alter(ctx, &m.rows[i])); err != nil {
			return err
		}
	}
	m.missing()
	if len(m.touched) > 0 && len(m.plan.Problems) == 0 {
		_, err := m.judge(ctx)
		if err := m.told(0, err); err != nil {
			return err
		}
	}
	slices.SortStableFunc(m.plan.Items, func(a, b Item) int { return a.Line - b.Line })
	if len(m.plan.Problems) > 0 {
		return nil
	}
	var err error
	m.plan.Digest, err = m.digest()
	return err
}

// told turns an error that a person can act on into a problem of a line.
func (m *importing) told(line int, err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	labels := map[string]int{"agency.name": colName, "agency.name_taken": colName, "agency.short": colShort, "agency.kind": colKind,
		"agency.level": colLevel, "agency.superior": colSuperior, "agency.not_found": colSuperior, "agency.code": colCode,
		"agency.code_taken": colCode, "agency.authority": colAuthority, "agency.from": colFrom, "agency.past": colFrom,
		"section.name": colSections, "section.taken": colSections}
	p := Problem{Line: line, Text: f.Message}
	if col, ok := labels[f.Code]; ok {
		p.Field = Headers()[col]
	}
	if f.Code == "agency.past" {
		p.Text = "生效日期在今天以前，会改动以往年度的机构名单；确需更正的，请在导入时写明理由"
	}
	m.plan.Problems = append(m.plan.Problems, p)
	return nil
}

func (m *importing) bad(line, col int, text string) {
	m.plan.Problems = append(m.plan.Problems, Problem{line, Headers()[col], text})
}

// match finds the agency of each row: by code, then by name, among those that the actor sees on the day of the row.
func (m *importing) match() error {
	seen := map[agency.ID]int{}
	finders := map[calendar.Date]finder{}
	for _, r := range m.list.Rows {
		row := matched{Row: r, day: r.From}
		if row.day.IsZero() {
			row.day = m.list.From
		}
		find, ok := finders[row.day]
		if !ok {
			t, err := m.reg.tree(row.day)
			if err != nil {
				return err
			}
			find = m.finder(t)
			finders[row.day] = find
		}
		var ids []agency.ID
		if r.Code != nil && *r.Code != "" {
			ids = find[*r.Code]
		}
		if len(ids) == 0 {
			ids = find[nameKey(r.Name)]
		}
		if len(ids) > 1 {
			m.bad(r.Line, colName, fmt.Sprintf("有 %d 家机关叫“%s”，请填上统一社会信用代码", len(ids), r.Name))
			continue
		}
		if len(ids) == 1 {
			row.id = ids[0]
			if other, twice := seen[row.id]; twice {
				m.bad(r.Line, colName, fmt.Sprintf("与第 %d 行是同一家机关，请删去一行", other))
				continue
			}
			seen[row.id] = r.Line
			row.old, _ = m.reg.at(row.id, row.day)
		} else {
			id, err := m.newID(r.Line)
			if err != nil {
				return err
			}
			row.id = id
		}
		m.rows = append(m.rows, row)
	}
	return nil
}

// finder finds agencies of a day by code and by the key of the name.
type finder map[string][]agency.ID

func (m *importing) finder(t *agency.Tree) finder {
	f := finder{}
	for _, a := range t.Below("") {
		if !m.sees(a.Agency) {
			continue
		}
		f[nameKey(a.Name)] = append(f[nameKey(a.Name)], a.Agency)
		if a.Code != "" && a.Code != nameKey(a.Name) {
			f[a.Code] = append(f[a.Code], a.Agency)
		}
	}
	return f
}

// file writes down under which names and codes agencies will be found once the list is in.
func (m *importing) file() {
	add := func(key string, id agency.ID) {
		if key != "" && !slices.Contains(m.index[key], id) {
			m.index[key] = append(m.index[key], id)
		}
	}
	named := map[agency.ID]bool{}
	for _, r := range m.rows {
		named[r.id] = true
		add(nameKey(r.Name), r.id)
		if r.Code != nil {
			add(*r.Code, r.id)
		} else {
			add(r.old.Code, r.id)
		}
	}
	for _, id := range m.reg.ids() {
		v, ok := m.reg.at(id, m.list.From)
		if !ok || !m.sees(id) {
			continue
		}
		if !named[id] {
			add(nameKey(v.Name), id)
			add(v.Code, id)
		} else if len(m.index[nameKey(v.Name)]) == 0 {
			add(nameKey(v.Name), id) // the old name still tells who is meant
		}
	}
}

// resolve finds a superior or an authority. The row has a problem where it is not found.
func (m *importing) resolve(line, col int, text string) (agency.ID, bool) {
	ids := m.index[nameKey(text)]
	switch len(ids) {
	case 1:
		return ids[0], true
	case 0:
		m.bad(line, col, fmt.Sprintf("名单和系统里都没有“%s”，请核对全称", clip(text)))
	default:
		m.bad(line, col, fmt.Sprintf("有 %d 家机关叫“%s”，请改填它的统一社会信用代码", len(ids), clip(text)))
	}
	return "", false
}

// digest is that of the list and of everything that it was held against.
func (m *importing) digest() (string, error) {
	body, err := json.Marshal(struct {
		List     imported
		Today    calendar.Date
		Versions []agency.Version
		Sections []agency.Section
		Serials  map[agency.ID]int
	}{m.list, m.today, m.reg.all(), m.reg.allSections(), m.reg.serials})
	if err != nil {
		return "", fmt.Errorf("office: import: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}
