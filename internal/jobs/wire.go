// Package jobs does the work that was asked for: a pool of workers takes jobs from the store and has the files read in a
// child process, which is killed when it takes too long and cannot take more memory than it is given.
package jobs

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// request is what the parent asks of the child: a JSON header, then the bytes of the file.
type request struct {
	Op       string         `json:"op"` // "read", "check" or "sheet"
	Name     string         `json:"name,omitempty"`
	Report   *report.Report `json:"report,omitempty"`
	Previous *report.Report `json:"previous,omitempty"`
	Today    string         `json:"today,omitempty"`
	Limits   docio.Limits   `json:"limits"`
}

// answer is what the child says.
type answer struct {
	Report *report.Report `json:"report,omitempty"`
	Result *checks.Result `json:"result,omitempty"`
	Rows   [][]string     `json:"rows,omitempty"`
	Fault  *faultWire     `json:"fault,omitempty"` // the file is at fault; the message is for people
	Failed string         `json:"failed,omitempty"`
}

type faultWire struct {
	Kind    fault.Kind `json:"kind"`
	Code    string     `json:"code"`
	Message string     `json:"message"`
}

const (
	maxHeader = 256 << 20
	maxData   = 1 << 30
)

func writeFrame(w io.Writer, v any, data []byte) error {
	head, err := json.Marshal(v)
	if err != nil {
		return err
	}
	buf := binary.BigEndian.AppendUint64(nil, uint64(len(head)))
	buf = append(buf, head...)
	buf = binary.BigEndian.AppendUint64(buf, uint64(len(data)))
	if _, err := w.Write(buf); err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// readFrame reads what writeFrame wrote. io.EOF means that there is no further frame.
func readFrame(r io.Reader, v any) ([]byte, error) {
	head, err := readPart(r, maxHeader)
	if err != nil {
		return nil, err
	}
	data, err := readPart(r, maxData)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	return data, json.Unmarshal(head, v)
}

func readPart(r io.Reader, limit uint64) ([]byte, error) {
	var size [8]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint64(size[:])
	if n > limit {
		return nil, fmt.Errorf("jobs: frame of %d bytes", n)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return buf, nil
}

func faultOf(err error) *faultWire {
	var e *fault.Error
	if !errors.As(err, &e) {
		return nil
	}
	return &faultWire{Kind: e.Kind, Code: e.Code, Message: e.Message}
}
