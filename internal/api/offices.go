package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
)

// Agencies is the tree of agencies.
type Agencies interface {
	// Tree is the tree of a day (no date for today), cut down to what by may see and the names above it.
	Tree(ctx context.Context, by account.Actor, on calendar.Date) (Tree, error)
	// Agency is one agency on a day. Errors: fault.NotFound for what is not there or may not be seen.
	Agency(ctx context.Context, by account.Actor, id agency.ID, on calendar.Date) (Detail, error)
}

// Tree is the agencies of a day, in any order.
type Tree struct {
	On    calendar.Date
	Nodes []Node
}

// Node is an agency in the tree of a day.
type Node struct {
	agency.Agency
	NameOnly bool // it is above what may be seen: only id and name are there
}

// Detail is one agency with what hangs on it.
type Detail struct {
	agency.Agency
	On        calendar.Date
	Sections  []agency.Section
	Authority *agency.Agency // the competent authority, nil where none is found
	Remedy    agency.Remedy
}

// People is who works with the system.
type People interface {
	// People lists those with a position that by may see, by account, behind one account ("" for the first).
	People(ctx context.Context, by account.Actor, at agency.ID, after string, limit int) ([]Person, error)
}

// Person is somebody without anything protected: the positions are those that the one who asks may see.
type Person struct {
	ID        account.PersonID
	Name      string
	Account   string
	Closed    bool
	Positions []account.Position
}

// offices registers agencies and people.
func (a *api) offices() {
	add(a, entry{method: http.MethodGet, path: "/agencies", id: "listAgencies", tag: "offices", perm: account.SeeAgency, summary: "某一天的机构",
		about: "权限范围内的机构，以及它们上面各级的名称（name_only 为 true），按编号排列；用 superior 和 position 可以还原成树。", done: "一页机构"}, a.listAgencies)
	add(a, entry{method: http.MethodGet, path: "/agencies/{id}", id: "getAgency", tag: "offices", perm: account.SeeAgency, summary: "一家机构",
		about: "机构在某一天的情况，含股室、主管部门、复议机关和管辖法院。", done: "机构"}, a.getAgency)
	add(a, entry{method: http.MethodGet, path: "/people", id: "listPeople", tag: "offices", perm: account.SeeAgency, summary: "人员",
		about: "权限范围内任职的人员的姓名和岗位，不含电话、邮箱等受保护的信息。", done: "一页人员"}, a.listPeople)
}

// AgencyBody is an agency as it is answered.
type AgencyBody struct {
	ID       string `json:"id" doc:"编号"`
	Name     string `json:"name" doc:"名称"`
	NameOnly bool   `json:"name_only,omitempty" doc:"在权限范围以上，只给出名称"`
	Short    string `json:"short,omitempty" doc:"简称"`
	Code     string `json:"code,omitempty" doc:"统一社会信用代码"`
	Kind     string `json:"kind,omitempty" doc:"性质：government department street dispatched vertical authorised village utility"`
	Level    string `json:"level,omitempty" doc:"层级：nation province prefecture county township village"`
	Superior string `json:"superior,omitempty" doc:"上级的编号；最高一级不出现"`
	Group    string `json:"group,omitempty" doc:"名单里的分组"`
	Position int    `json:"position" doc:"在同级里的次序"`
	From     string `json:"from,omitempty" format:"date" doc:"这样的情况从哪天起"`
	To       string `json:"to,omitempty" format:"date" doc:"到哪天止；现在仍是这样时不出现"`
}

func agencyOf(v agency.Version, nameOnly bool) AgencyBody {
	if nameOnly {
		return AgencyBody{ID: string(v.Agency), Name: v.Name, NameOnly: true}
	}
	return AgencyBody{ID: string(v.Agency), Name: v.Name, Short: v.Short, Code: v.Code, Kind: string(v.Kind), Level: string(v.Level),
		Superior: string(v.Superior), Group: v.Group, Position: v.Position, From: v.From.String(), To: v.To.String()}
}

// OnDay says which day is meant.
type OnDay struct {
	On calendarDate `query:"on" format:"date" doc:"哪一天的情况；不写为今天"`
}

type agenciesIn struct {
	PageIn
	OnDay
}

func (a *api) listAgencies(ctx context.Context, in *agenciesIn) (*pageOut[AgencyBody], error) {
	if a.Agencies == nil {
		return nil, errMissing
	}
	on, err := in.On.date("query.on")
	if err != nil {
		return nil, err
	}
	return page(ctx, in.PageIn, func(after string, limit int) ([]Node, error) {
		t, err := a.Agencies.Tree(ctx, account.ActorOf(ctx), on)
		if err != nil {
			return nil, err
		}
		nodes := slices.SortedFunc(slices.Values(t.Nodes), func(x, y Node) int { return cmp.Compare(x.Agency.Agency, y.Agency.Agency) })
		at, found := slices.BinarySearchFunc(nodes, agency.ID(after), func(n Node, id agency.ID) int { return cmp.Compare(n.Agency.Agency, id) })
		if found {
			at++
		}
		return nodes[at:min(at+limit, len(nodes))], nil
	}, func(n Node) string { return string(n.Agency.Agency) }, func(n Node) AgencyBody { return agencyOf(n.Version, n.NameOnly) })
}

type agencyIn struct {
	OnDay
	ID string `path:"id" maxLength:"64" doc:"机构的编号"`
}

type namedBody struct {
	ID   string `json:"id" doc:"编号"`
	Name string `json:"name" doc:"名称"`
}

type detailBody struct {
	AgencyBody
	On              string      `json:"on" format:"date" doc:"哪一天的情况"`
	Sections        []namedBody `json:"sections" nullable:"false" doc:"股室"`
	Authority       *namedBody  `json:"authority,omitempty" doc:"政府信息公开工作主管部门；查不到时不出现"`
	Reconsideration string      `json:"reconsideration,omitempty" doc:"行政复议机关；须人工填写时不出现"`
	Court           string      `json:"court,omitempty" doc:"管辖法院；须人工填写时不出现"`
}

type detailOut struct{ Body detailBody }

func (a *api) getAgency(ctx context.Context, in *agencyIn) (*detailOut, error) {
	if a.Agencies == nil {
		return nil, errMissing
	}
	on, err := in.On.date("query.on")
	if err != nil {
		return nil, err
	}
	d, err := a.Agencies.Agency(ctx, account.ActorOf(ctx), agency.ID(in.ID), on)
	if err != nil {
		return nil, err
	}
	b := detailBody{AgencyBody: agencyOf(d.Version, false), On: d.On.String(), Sections: make([]namedBody, 0, len(d.Sections)),
		Reconsideration: d.Remedy.Organ, Court: d.Remedy.Court}
	for _, s := range d.Sections {
		b.Sections = append(b.Sections, namedBody{string(s.ID), s.Name})
	}
	if d.Authority != nil {
		b.Authority = &namedBody{string(d.Authority.Agency), d.Authority.Name}
	}
	return &detailOut{b}, nil
}

type peopleIn struct {
	PageIn
	Agency string `query:"agency" maxLength:"64" doc:"只要在这家机构任职（过）的：机构编号"`
}

type positionBody struct {
	Agency  string `json:"agency" doc:"机构编号"`
	Section string `json:"section,omitempty" doc:"股室编号"`
	Title   string `json:"title" doc:"职务"`
	Role    string `json:"role" doc:"角色"`
	From    string `json:"from" format:"date" doc:"从哪天起"`
	To      string `json:"to,omitempty" format:"date" doc:"到哪天止；仍任职时不出现"`
}

type personBody struct {
	ID        string         `json:"id" doc:"编号"`
	Name      string         `json:"name" doc:"姓名"`
	Closed    bool           `json:"closed" doc:"账号已停用"`
	Positions []positionBody `json:"positions" nullable:"false" doc:"岗位，先任的在前"`
}

func (a *api) listPeople(ctx context.Context, in *peopleIn) (*pageOut[personBody], error) {
	if a.People == nil {
		return nil, errMissing
	}
	return page(ctx, in.PageIn, func(after string, limit int) ([]Person, error) {
		return a.People.People(ctx, account.ActorOf(ctx), agency.ID(in.Agency), after, limit)
	}, func(p Person) string { return p.Account }, personOf)
}

func personOf(p Person) personBody {
	b := personBody{ID: string(p.ID), Name: p.Name, Closed: p.Closed, Positions: make([]positionBody, 0, len(p.Positions))}
	for _, h := range p.Positions {
		b.Positions = append(b.Positions, positionBody{string(h.Agency), string(h.Section), h.Title, string(h.Role), h.From.String(), h.To.String()})
	}
	return b
}
