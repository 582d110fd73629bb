// Package backup copies a whole site into one file and puts it back: every row of the database as of one moment, and every
// file. The file is a zip that other programs can look into; every byte of it is covered by a digest, so that what was cut
// off or changed is refused before anything is touched. It is the same whichever database it came from, and goes back into
// either: that is also how a site moves from one to the other.
//
// The master key is never in it. Without that key what is protected in a backup stays closed.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// Format names the form of the file.
const Format = "gongkai.backup/v1"

// The members of the file. Tables and files come first, then the manifest, then the list of digests.
const (
	manifestName = "manifest.json"
	sumsName     = "SHA256SUMS"
)

// mark begins the comment of the zip; the rest of the comment, which is the end of the file, is the SHA-256 in hex of all
// that stands before it.
const mark = Format + " sha256:"

const (
	sumSize = 2 * sha256.Size
	// partSize is the size at which a part of a table is full, in bytes; its last row may go beyond.
	partSize = 4 << 20
	// maxLine is the longest row, in bytes of JSON. Four times the largest file that is taken by default.
	maxLine = 256 << 20
	// maxManifest is the largest manifest.
	maxManifest = 4 << 20
	// maxRatio is how much smaller a part may be packed; what packs better is kept unpacked. It bounds what a small file
	// can unpack to.
	maxRatio = 200
)

// Manifest says what is in the file.
type Manifest struct {
	Format   string    `json:"format"`
	MadeAt   time.Time `json:"made_at"`
	Program  string    `json:"program"`  // version that made it
	Database string    `json:"database"` // the kind that it came from: "sqlite" or "postgres"
	Schema   int64     `json:"schema"`   // number of the last migration
	Audit    Head      `json:"audit"`
	Tables   []Table   `json:"tables"`
	Files    Files     `json:"files"`
	Sample   bool      `json:"sample,omitempty"` // the data are invented: the pages say so
}

// Head is the last entry of the record of changes.
type Head struct {
	Seq  int64     `json:"seq"`
	Hash string    `json:"hash"` // hexadecimal
	At   time.Time `json:"at"`
}

// Table is a table with its columns, its rows, and the parts that these are in.
type Table struct {
	store.Table
	Rows  int64 `json:"rows"`
	Parts int   `json:"parts"`
}

// Files counts the files of the store. Damaged are those whose bytes were not what their name says when the backup was made:
// they are in it as they were and are not put back.
type Files struct {
	Count   int      `json:"count"`
	Bytes   int64    `json:"bytes"`
	Damaged []string `json:"damaged,omitempty"`
}

// Rows is how many rows all tables have.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Progress is told now and then what is being done, in Chinese.
type Progress func(what string)

func (p Progress) say(format string, args ...any) {
	if p != nil {
		p(fmt.Sprintf(format, args...))
	}
}

func partName(table string, part int) string { return fmt.Sprintf("tables/%s/%06d.jsonl", table, part) }

func fileName(digest string) string { return "files/" + digest[:2] + "/" + digest[2:] }

var (
	tableNames  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	digestNames = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// damaged refuses a file that is not as it was written.
func damaged(code, what string, cause error) error {
	return fault.Wrap(fault.Unreadable, "backup."+code, "备份文件不完整或被改动过："+what+"；没有恢复，原有数据没有动，请换一份备份", cause)
}

func hexOf(sum []byte) string { return hex.EncodeToString(sum) }
