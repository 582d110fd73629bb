package html

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
)

// TestReadBrokenTables holds that tables with missing and misplaced tags have the rows and cells that browsers see: the
// tree that x/net builds by the rules of HTML5. Every table gets two filled cells at its end, so that it is no box.
func TestReadBrokenTables(t *testing.T) {
	t.Parallel()
	pieces := []string{"<tr>", "</tr>", "<td>", "</td>", "<tr><th>", "<tbody>", "</tbody>", "<thead>", "</thead>", "<tfoot>", "<p>", "</p>", "<b>", "</b>",
		"<div>", "</div>", "a", "b", " ", "<br>", "<form>", "</form>", "<caption>", "</caption>", "</body>", "<tr><td>", "<td>c</td>", "<colgroup><col>"}
	rapid.Check(t, func(t *rapid.T) {
		inner := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 25).Draw(t, "inner"), "")
		page := "<p>x</p><table>" + inner + "<tr><td>y<td>z</table><p>end</p>"
		doc, err := Read([]byte(page), docio.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", page, err)
		}
		var got [][]string
		for _, b := range doc.Blocks {
			if b.Grid != nil {
				got = append(got, rowsOf(b.Grid)...)
			}
		}
		if diff := cmp.Diff(browserRows(t, page), got); diff != "" {
			t.Errorf("%s (-browser +got):\n%s", page, diff)
		}
	})
}

// rowsOf lists the texts of the cells row by row, without white space; rows without a cell are left out.
func rowsOf(g *docio.Grid) [][]string {
	var out [][]string
	row := -1
	for _, c := range g.Cells {
		if c.Row != row {
			out = append(out, nil)
		}
		row = c.Row
		out[len(out)-1] = append(out[len(out)-1], strings.Join(strings.Fields(c.Text), ""))
	}
	return out
}

func browserRows(t *rapid.T, page string) [][]string {
	root, err := nethtml.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for n := range root.Descendants() {
		if n.DataAtom != atom.Tr {
			continue
		}
		var row []string
		for c := range n.ChildNodes() {
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				row = append(row, textOf(c))
			}
		}
		if row != nil {
			out = append(out, row)
		}
	}
	return out
}

func textOf(n *nethtml.Node) string {
	var sb strings.Builder
	for c := range n.Descendants() {
		if c.Type == nethtml.TextNode {
			sb.WriteString(strings.Join(strings.Fields(c.Data), ""))
		}
	}
	return sb.String()
}
