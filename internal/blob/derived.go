package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// Derived keeps copies that were made of files: with parts blacked out, or in another form. A copy belongs to the file it was made
// of and to the recipe that it was made with, and can be made again; the file is only read. Legal: 条例 第三十七条（区分处理）.
type Derived struct {
	from Store
	to   Shelf
}

// NewDerived returns the copies that are made of the files in from and kept on a shelf.
func NewDerived(from Store, to Shelf) *Derived { return &Derived{from: from, to: to} }

func (d *Derived) name(original, recipe string) (string, error) {
	if !isDigest(original) {
		return "", missing(nil)
	}
	if len(recipe) == 0 || len(recipe) > 64 || recipe[0] == '.' || strings.Trim(recipe, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" {
		return "", fault.New(fault.Usage, "blob.recipe", fmt.Sprintf("副本做法的名称 %q 写得不对；要用小写字母、数字、点和横线，最多 64 个", recipe))
	}
	return original[:2] + "/" + original[2:] + "/" + recipe, nil
}

// Derive makes the copy, unless it is there. recipe names how it is made, with a version: "redact-3". cook is given the whole
// original, of which not a byte differs from what was put; if it was damaged, or cook fails, no copy is kept.
// Errors: fault.NotFound, fault.Unreadable for a damaged original, fault.Usage for a recipe that is no name, those of cook.
func (d *Derived) Derive(ctx context.Context, original, recipe string, cook func(w io.Writer, r io.Reader) error) error {
	copied, err := d.Open(ctx, original, recipe)
	if err == nil {
		return copied.Close()
	}
	if !errors.Is(err, fault.NotFound) {
		return err
	}
	return d.Again(ctx, original, recipe, cook)
}

// Again makes the copy anew, in place of one that is there.
// Errors: as Derive.
func (d *Derived) Again(ctx context.Context, original, recipe string, cook func(w io.Writer, r io.Reader) error) (err error) {
	name, err := d.name(original, recipe)
	if err != nil {
		return err
	}
	if err := d.from.Verify(ctx, original); err != nil {
		return err
	}
	src, err := d.from.Open(ctx, original)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	pr, pw := io.Pipe()
	done := beside(func() error {
		err := cook(pw, src)
		pw.CloseWithError(err)
		return err
	})
	err = d.to.Keep(ctx, name, pr)
	pr.CloseWithError(io.ErrClosedPipe)
	if making := <-done; making != nil && !errors.Is(making, io.ErrClosedPipe) {
		return making
	}
	return err
}

// beside runs f beside and hands its error on.
func beside(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

// Open returns a copy. Errors: fault.NotFound where it was not made, fault.Usage for a recipe that is no name.
func (d *Derived) Open(ctx context.Context, original, recipe string) (io.ReadSeekCloser, error) {
	name, err := d.name(original, recipe)
	if err != nil {
		return nil, err
	}
	return d.to.Take(ctx, name)
}

// Drop removes all copies of a file.
func (d *Derived) Drop(ctx context.Context, original string) error {
	if !isDigest(original) {
		return nil
	}
	return d.to.Clear(ctx, original[:2]+"/"+original[2:])
}
