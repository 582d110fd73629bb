package file

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/docx"
	"github.com/gongkai/gongkai/internal/docio/html"
	"github.com/gongkai/gongkai/internal/docio/pdf"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/docio/xlsx"
	"github.com/gongkai/gongkai/internal/fault"
)

// Read tells the kind of a file and reads it. name is what the file was called; it may be empty. JSON comes back as
// lines of text: what it means is not for this package to know.
//
// The time limit and ctx end the wait at once; a reader that knows no context then runs on unheard until its other
// limits end it. A reader that panics on a file found the file damaged.
// Errors: those of Sniff and of the readers; file.too_large; file.timeout and file.cancelled.
func Read(ctx context.Context, name string, data []byte, lim docio.Limits) (*docio.Document, error) {
	kind, err := Sniff(name, data)
	if err != nil {
		return nil, err
	}
	return ReadAs(ctx, kind, data, lim)
}

// ReadAs reads a file whose kind Sniff has told.
func ReadAs(ctx context.Context, kind docio.Kind, data []byte, lim docio.Limits) (*docio.Document, error) {
	lim = lim.WithDefaults()
	if int64(len(data)) > lim.Bytes {
		return nil, docio.ErrTooLarge("文件大于 " + strconv.FormatInt(lim.Bytes>>20, 10) + " MB")
	}
	if kind == docio.PDF {
		err := pdf.Ready()
		if err != nil {
			return nil, err
		}
	}
	return guard(ctx, kind, lim, func(ctx context.Context) (*docio.Document, error) {
		return read(ctx, kind, data, lim)
	})
}

func read(ctx context.Context, kind docio.Kind, data []byte, lim docio.Limits) (*docio.Document, error) {
	switch kind {
	case docio.HTML:
		return html.Read(data, lim)
	case docio.DOCX:
		return docx.Read(data, lim)
	case docio.XLSX:
		return xlsx.Read(data, lim)
	case docio.PDF:
		return pdf.Read(ctx, data, lim)
	case docio.Markdown, docio.PlainText:
		return readText(data, kind, lim)
	}
	return text.Read(data, kind, lim)
}

type result struct {
	doc *docio.Document
	err error
}

// guard runs a reader under the time limit, and turns its panic into an error.
func guard(ctx context.Context, kind docio.Kind, lim docio.Limits, run func(context.Context) (*docio.Document, error)) (*docio.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, lim.Time)
	defer cancel()
	if ctx.Err() != nil {
		return nil, stopped(ctx, lim)
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{err: docio.ErrTruncated(kind, fmt.Errorf("reader panicked: %v", p))}
			}
		}()
		doc, err := run(ctx)
		done <- result{doc, err}
	}()
	select {
	case r := <-done:
		if r.err != nil && ctx.Err() != nil && !isFault(r.err) {
			return nil, stopped(ctx, lim)
		}
		return r.doc, r.err
	case <-ctx.Done():
		return nil, stopped(ctx, lim)
	}
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}

func stopped(ctx context.Context, lim docio.Limits) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.Wrap(fault.TooLarge, "file.timeout", "读取超过了时间限制（"+lim.Time.String()+"），已停止；确有需要请管理员调高限制", ctx.Err())
	}
	return fault.Wrap(fault.Cancelled, "file.cancelled", "读取已取消", ctx.Err())
}
