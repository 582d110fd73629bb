package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongkai/gongkai/internal/fault"
)

// build makes a SQLite database at a version and fills it. Nothing of it is worth keeping until it is whole, so it is
// written without waiting for the disk; swap flushes it.
func build(ctx context.Context, path string, m Moment, fill func(add func(table int, values []any) error) error) (err error) {
	hasty := strings.NewReplacer("foreign_keys%281%29", "foreign_keys%280%29", "synchronous%28FULL%29", "synchronous%28OFF%29",
		"journal_mode%28WAL%29", "journal_mode%28OFF%29")
	w, err := sql.Open("sqlite", hasty.Replace(sqliteDSN(path, false))+"&_pragma=cache_size%28-131072%29") // 128 MB: keys come in no order
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	w.SetMaxOpenConns(1)
	if err := migrateTo(ctx, w, m.Version); err != nil {
		return err
	}
	db := &DB{w: w, r: w, o: Options{Now: time.Now}, dialect: dialectOf("")}
	return db.run(ctx, w, nil, func(tx *Tx) error {
		tables, err := tx.tables(ctx)
		if err != nil {
			return err
		}
		if d := different(m.Tables, tables); d != "" {
			return fault.New(fault.Unreadable, "restore.schema", fmt.Sprintf("备份的表与数据结构第 %d 版不符（%s）；没有恢复，请换一份备份", m.Version, d))
		}
		for _, t := range tables { // migrations leave a row here and there
			if _, err := tx.quiet(ctx, `DELETE FROM `+quoted(t.Name)); err != nil {
				return err
			}
		}
		if err := tx.fill(ctx, tables, 100, fill); err != nil {
			return err
		}
		return tx.referencesHold(ctx)
	})
}

func migrateTo(ctx context.Context, w *sql.DB, version int64) error {
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, w, sub)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	known := p.ListSources()
	last := known[len(known)-1].Version
	if version > last {
		return fault.New(fault.Incapable, "restore.newer",
			fmt.Sprintf("这份备份来自更新的版本（数据结构第 %d 版，本程序只认识到第 %d 版），没有恢复；请先升级 gongkai，再恢复", version, last))
	}
	if !slices.ContainsFunc(known, func(s *goose.Source) bool { return s.Version == version }) {
		return fault.New(fault.Unreadable, "restore.version", fmt.Sprintf("没有数据结构第 %d 版，备份的清单不对；请换一份备份", version))
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// different names the first difference between two lists of tables, "" when there is none.
func different(got, want []Table) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got) || i < len(want) && got[i].Name > want[i].Name:
			return "缺少表 " + want[i].Name
		case i >= len(want) || got[i].Name < want[i].Name:
			return "多出表 " + got[i].Name
		case !slices.Equal(got[i].Columns, want[i].Columns):
			return "表 " + want[i].Name + " 的列不同"
		}
	}
	return ""
}

// fill adds rows, many at a time.
func (tx *Tx) fill(ctx context.Context, tables []Table, atOnce int, fill func(add func(table int, values []any) error) error) error {
	b := batch{tx: tx, tables: tables, most: atOnce}
	err := fill(func(table int, values []any) error {
		if table < 0 || table >= len(tables) || len(values) != len(tables[table].Columns) {
			return fmt.Errorf("store: a row of table %d with %d values", table, len(values))
		}
		for i, c := range tables[table].Columns {
			if err := tx.db.takes(values[i], tables[table].Name, c); err != nil {
				return err
			}
		}
		return b.add(ctx, table, values)
	})
	if err != nil {
		return err
	}
	return b.flush(ctx)
}

// takes refuses what this database cannot hold.
func (d dialect) takes(v any, table string, c Column) error {
	if !c.holds(v) {
		return fmt.Errorf("store: %s.%s cannot hold %T", table, c.Name, v)
	}
	if s, ok := v.(string); ok && d.numbered && (strings.ContainsRune(s, 0) || strings.ToValidUTF8(s, "") != s) {
		return fault.New(fault.Incapable, "restore.text", fmt.Sprintf("表 %s 的 %s 列里有 PostgreSQL 不能保存的字符（%.40q），没有恢复；请先在原系统里改掉它", table, c.Name, s))
	}
	return nil
}

// batch gathers rows of a table for one statement.
type batch struct {
	tx     *Tx
	tables []Table
	most   int // rows of a statement
	table  int
	args   []any
	rows   int
	size   int
}

// batchBytes is about how much text one statement carries.
const batchBytes = 1 << 20

func (b *batch) add(ctx context.Context, table int, values []any) error {
	if table != b.table {
		if err := b.flush(ctx); err != nil {
			return err
		}
		b.table = table
	}
	b.args = append(b.args, values...)
	b.rows++
	for _, v := range values {
		if s, ok := v.(string); ok {
			b.size += len(s)
		}
	}
	if b.rows < b.most && b.size < batchBytes && len(b.args)+len(values) < 30000 {
		return nil
	}
	return b.flush(ctx)
}

func (b *batch) flush(ctx context.Context) error {
	if b.rows == 0 {
		return nil
	}
	t := b.tables[b.table]
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c.Name)
	}
	row := "(?" + strings.Repeat(", ?", len(names)-1) + ")"
	_, err := b.tx.quiet(ctx, `INSERT INTO `+quoted(t.Name)+` (`+strings.Join(names, ", ")+`) VALUES `+row+strings.Repeat(", "+row, b.rows-1), b.args...)
	if refused(err) {
		return fault.Wrap(fault.Unreadable, "restore.row", "备份的表 "+t.Name+" 里有放不进去的行；没有恢复，请换一份备份", err)
	}
	if err != nil {
		return fmt.Errorf("store: table %s: %w", t.Name, err)
	}
	clear(b.args)
	b.args, b.rows, b.size = b.args[:0], 0, 0
	return nil
}

// refused reports whether SQLite found a rule broken, rather than failing.
func refused(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}

// referencesHold asks SQLite whether every row that is referred to is there.
func (tx *Tx) referencesHold(ctx context.Context) error {
	bad, err := list(ctx, tx, func(scan func(...any) error) (s string, err error) {
		var row, fk any
		var parent string
		err = scan(&s, &row, &parent, &fk)
		return s + " → " + parent, err
	}, `PRAGMA foreign_key_check`)
	if err == nil && len(bad) > 0 {
		err = fault.New(fault.Unreadable, "restore.reference", "备份里有的行指向不存在的行（"+bad[0]+"）；没有恢复，请换一份备份")
	}
	return err
}
