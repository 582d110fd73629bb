package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
)

// Moment says what a database holds at one moment, for copying it whole.
type Moment struct {
	Kind    string     // "sqlite" or "postgres"
	Version int64      // of the schema: the number of the last migration
	Head    audit.Head // of the record of changes; zero where there is none yet
	Tables  []Table    // all but the one that counts migrations, by name
}

// Table is a table with its columns by name.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	key     []string // of the primary key, in its order
}

// Column is a column: Type is "text" or "integer", there are no others in this house.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

const versionTable = "goose_db_version"

// OpenToCopy opens a database to copy it: it is not brought to this version, and not made where there is none.
// Errors: fault.NotFound where there is none.
func OpenToCopy(ctx context.Context, o Options) (*DB, error) {
	db := &DB{o: o, dialect: dialectOf(o.URL)}
	path := filepath.Join(o.Dir, "gongkai.db")
	if db.name == "sqlite" && !there(path) {
		return nil, fault.New(fault.NotFound, "store.no_database", "“"+o.Dir+"”里没有数据库；请检查 --data 指的文件夹，或用 --db 写明数据库地址")
	}
	var err error
	if db.gate, err = share(ctx, o); err != nil {
		return nil, err
	}
	if err := db.openToRead(ctx, o, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) openToRead(ctx context.Context, o Options, path string) (err error) {
	if db.o.Now == nil {
		db.o.Now = time.Now
	}
	if db.name == "postgres" {
		db.r, err = sql.Open("pgx", o.URL)
	} else {
		db.r, err = sql.Open("sqlite", sqliteDSN(path, true))
	}
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	db.w = db.r
	db.r.SetMaxOpenConns(2)
	if err := db.r.PingContext(ctx); err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	return nil
}

// SchemaVersion is the number of the last migration; 0 for a database without tables.
func (db *DB) SchemaVersion(ctx context.Context) (v int64, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		v, err = tx.schemaVersion(ctx)
		return err
	})
	return v, err
}

func (tx *Tx) schemaVersion(ctx context.Context) (int64, error) {
	query := `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?`
	if tx.db.name == "postgres" {
		query = `SELECT COUNT(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname = ?`
	}
	n, _, err := one(ctx, tx, scanInt, query, versionTable)
	if err != nil || n == 0 {
		return 0, err
	}
	v, _, err := one(ctx, tx, scanInt, `SELECT COALESCE(MAX(version_id), 0) FROM `+versionTable+` WHERE is_applied`)
	return v, err
}

// Dump gives the whole database as of one moment: begin is told what there is, then row gets every row, table after table, in
// the order of their keys. A value is a string, an int64, or nil. The slice is used again for the next row. Rows of equal
// databases come in the same order whatever their kind. Anything but text and integers is an error: it could not be given
// back as it was.
func (db *DB) Dump(ctx context.Context, begin func(Moment) error, row func(table int, values []any) error) error {
	return db.View(ctx, func(tx *Tx) error {
		m, err := tx.moment(ctx)
		if err != nil {
			return err
		}
		if err := begin(m); err != nil {
			return err
		}
		for i, t := range m.Tables {
			if err := tx.dumpTable(ctx, t, func(values []any) error { return row(i, values) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx *Tx) moment(ctx context.Context) (m Moment, err error) {
	m.Kind = tx.db.name
	if m.Version, err = tx.schemaVersion(ctx); err != nil {
		return m, err
	}
	if m.Tables, err = tx.tables(ctx); err != nil {
		return m, err
	}
	if slices.ContainsFunc(m.Tables, func(t Table) bool { return t.Name == "audit_head" }) {
		m.Head, _, err = one(ctx, tx, scanHead, `SELECT seq, hash, at FROM audit_head WHERE id = 1`)
	}
	return m, err
}

func (tx *Tx) dumpTable(ctx context.Context, t Table, give func([]any) error) error {
	values, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		into[i], names[i] = &values[i], quoted(c.Name)
	}
	scan := func(scan func(...any) error) ([]any, error) { return values, scan(into...) }
	return each(ctx, tx, scan, func(v []any) error {
		for i, c := range t.Columns {
			if !c.holds(v[i]) {
				return fmt.Errorf("store: %s.%s holds %T in a column of type %s: it cannot be copied faithfully", t.Name, c.Name, v[i], c.Type)
			}
		}
		return give(v)
	}, `SELECT `+strings.Join(names, ", ")+` FROM `+quoted(t.Name)+` ORDER BY `+tx.db.order(t))
}

// holds reports whether v is what a column of this type may hold.
func (c Column) holds(v any) bool {
	switch v.(type) {
	case nil:
		return true
	case string:
		return c.Type == "text"
	case int64:
		return c.Type == "integer"
	}
	return false
}

// order is the key of a table, or all of its columns. Text is compared byte by byte on both databases.
func (d dialect) order(t Table) string {
	keys := t.key
	if len(keys) == 0 {
		for _, c := range t.Columns {
			keys = append(keys, c.Name)
		}
	}
	var out []string
	for _, k := range keys {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == k })
		k = quoted(k)
		if d.numbered && at >= 0 && t.Columns[at].Type == "text" {
			k += ` COLLATE "C"`
		}
		out = append(out, k)
	}
	return strings.Join(out, ", ")
}

// quoted names a table or a column, whatever words the database keeps for itself.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// column is one row of what a database says of its columns.
type column struct {
	table, name, typ string
	odd              string // what makes the table or the column one that cannot be copied, "" for nothing
	key              int64  // place in the primary key from 1, 0 for none
}

const sqliteColumns = `SELECT l.name, c.name, c.type, CASE WHEN l.type <> 'table' THEN l.type WHEN c.hidden <> 0 THEN 'generated' ELSE '' END, c.pk
	FROM pragma_table_list l JOIN pragma_table_xinfo(l.name) c
	WHERE l.schema = 'main' AND l.type <> 'view' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND l.name <> ? ORDER BY l.name, c.name`

const postgresColumns = `SELECT t.relname, a.attname, format_type(a.atttypid, NULL),
	CASE WHEN t.relkind <> 'r' THEN 'kind ' || t.relkind::text WHEN a.attgenerated <> '' OR a.attidentity <> '' THEN 'generated' ELSE '' END,
	COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)
	FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
	LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
	WHERE t.relkind IN ('r', 'p', 'f') AND t.relnamespace = current_schema()::regnamespace AND t.relname <> ?
	ORDER BY t.relname COLLATE "C", a.attname COLLATE "C"`

// tables lists all tables but the one that counts migrations, by name, with their columns by name.
func (tx *Tx) tables(ctx context.Context) ([]Table, error) {
	query := sqliteColumns
	if tx.db.name == "postgres" {
		query = postgresColumns
	}
	all, err := list(ctx, tx, func(scan func(...any) error) (c column, err error) {
		err = scan(&c.table, &c.name, &c.typ, &c.odd, &c.key)
		return c, err
	}, query, versionTable)
	if err != nil {
		return nil, err
	}
	var out []Table
	var keys []column
	for i, c := range all {
		if i == 0 || all[i-1].table != c.table {
			out, keys = append(out, Table{Name: c.table}), nil
		}
		t := &out[len(out)-1]
		typ, ok := map[string]string{"text": "text", "integer": "integer", "bigint": "integer", "smallint": "integer"}[strings.ToLower(c.typ)]
		if !ok || c.odd != "" {
			return nil, fmt.Errorf("store: %s.%s is of type %s %s: a copy holds ordinary tables of text and integers only", c.table, c.name, c.typ, c.odd)
		}
		t.Columns = append(t.Columns, Column{c.name, typ})
		if c.key > 0 {
			keys = append(keys, c)
			slices.SortFunc(keys, func(a, b column) int { return int(a.key - b.key) })
		}
		t.key = nil
		for _, k := range keys {
			t.key = append(t.key, k.name)
		}
	}
	return out, nil
}
