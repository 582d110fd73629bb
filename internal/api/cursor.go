package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
)

// cursor is where a list goes on: behind an item, of one list with one filter.
type cursor struct {
	V     int    `json:"v"`
	List  string `json:"l"`
	After string `json:"a"`
}

const (
	cursorVersion = 1
	maxCursor     = 512 // characters
)

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // three fields that can always be written
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor reads what String wrote for the same list. "" is the beginning.
func readCursor(text, list string) (after string, err error) {
	if text == "" {
		return "", nil
	}
	bad := wrong("query.cursor", "参数 cursor 不对：请原样使用上一页答复里的 next，筛选条件也不要变；或者去掉 cursor 从头开始")
	if len(text) > maxCursor {
		return "", bad
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return "", bad
	}
	var c cursor
	if err := json.Unmarshal(b, &c); err != nil || c.V != cursorVersion || c.List != list || c.After == "" || c.String() != text {
		return "", bad
	}
	return c.After, nil
}

// PageIn is the parameters of a list.
type PageIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"一页最多几条"`
	Cursor string `query:"cursor" maxLength:"512" doc:"上一页答复里的 next；不写从头开始"`
}

// pageBody is one page of a list.
type pageBody[T any] struct {
	Items []T    `json:"items" nullable:"false" doc:"这一页的内容"`
	Next  string `json:"next,omitempty" doc:"取下一页用的 cursor；没有下一页时不出现"`
}

type pageOut[T any] struct {
	Link string `header:"Link" doc:"下一页的地址（rel=\"next\"）；没有下一页时不出现"`
	Body pageBody[T]
}

// page answers with one page: rows lists up to limit of them behind a key, key is what names a row, show is how it is
// answered. What is inserted meanwhile moves nothing, for a page begins behind a row and not at a number.
func page[R, T any](ctx context.Context, in PageIn, rows func(after string, limit int) ([]R, error), key func(R) string, show func(R) T) (*pageOut[T], error) {
	r := requestOf(ctx)
	list := listName(r)
	after, err := readCursor(in.Cursor, list)
	if err != nil {
		return nil, err
	}
	all, err := rows(after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &pageOut[T]{Body: pageBody[T]{Items: make([]T, 0, min(len(all), in.Limit))}}
	for i, row := range all {
		if i == in.Limit {
			out.Body.Next = cursor{cursorVersion, list, key(all[i-1])}.String()
			out.Link = link(r, out.Body.Next)
			break
		}
		out.Body.Items = append(out.Body.Items, show(row))
	}
	return out, nil
}

// listName names a list with its filter, so that a cursor is not used with another.
func listName(r *http.Request) string {
	q := filter(r.URL)
	sum := sha256.Sum256([]byte(r.URL.Path + "?" + q.Encode()))
	return hex.EncodeToString(sum[:6])
}

// filter is the query without what says which page.
func filter(u *url.URL) url.Values {
	q := u.Query()
	q.Del("limit")
	q.Del("cursor")
	return q
}

func link(r *http.Request, next string) string {
	q := r.URL.Query()
	q.Set("cursor", next)
	return "<" + (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).RequestURI() + `>; rel="next"`
}
