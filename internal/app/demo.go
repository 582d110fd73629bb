package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

// demoMark is the file that says that a data folder holds samples. The pages of such a folder carry the badge, whoever
// serves it and however.
const demoMark = "demo"

const (
	demoFilling = "filling\n" // the samples are being handed in; a start that was broken off is gone on with
	demoFilled  = "filled\n"
)

// prepareDemo says whether the data folder holds samples, and with Options.Demo fills a fresh one. It leaves a folder that
// holds other data alone. Errors: fault.Usage for such a folder.
func prepareDemo(ctx context.Context, o Options, s *filing.Service) (bool, error) {
	path := filepath.Join(o.Data, demoMark)
	mark, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("app: demo: %w", err)
	}
	switch {
	case len(mark) == 0 && !o.Demo:
		return false, nil
	case string(mark) == demoFilled || !o.Demo:
		return true, nil
	case len(mark) == 0:
		if empty, err := s.Empty(ctx); err != nil {
			return false, err
		} else if !empty {
			return false, fault.New(fault.Usage, "serve.demo", "数据文件夹“"+o.Data+"”里已有数据，示例数据没有装入，原有数据没有动；请用 --data 另指一个新文件夹，或去掉 --demo")
		}
	}
	if err := os.WriteFile(path, []byte(demoFilling), 0o600); err != nil {
		return false, fmt.Errorf("app: demo: %w", err)
	}
	if err := fillDemo(ctx, s); err != nil {
		return false, err
	}
	if err := os.WriteFile(path, []byte(demoFilled), 0o600); err != nil {
		return false, fmt.Errorf("app: demo: %w", err)
	}
	return true, nil
}

// fillDemo hands the samples in as a person would: the list of agencies, then all files at once. The workers read them.
func fillDemo(ctx context.Context, s *filing.Service) error {
	list, err := filing.ParseAgencies(demo.Agencies)
	if err != nil {
		return err
	}
	if err := s.Expect(ctx, account.System("demo"), list); err != nil {
		return err
	}
	files, err := demo.Files()
	if err != nil {
		return err
	}
	batch, err := s.OpenBatch(ctx, account.System("demo"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := s.Receive(ctx, account.System("demo"), batch, f.Name, bytes.NewReader(f.Data)); err != nil {
			return err
		}
	}
	return nil
}
