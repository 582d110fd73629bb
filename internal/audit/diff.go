package audit

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Seal encrypts a protected value of a field, for keeping it in the record.
type Seal func(field, value string) (string, error)

// Diff compares two values of one struct type field by field and returns what changed. Fields take part that carry the tag
// `audit:"name"`; `audit:"name,sealed"` marks personal data, whose values go through seal. before or after may be nil: then
// every field that holds something is new, or gone. Errors: those of seal.
func Diff(before, after any, seal Seal) ([]Change, error) {
	b, a := fields(before), fields(after)
	names := a
	if len(a) == 0 { // nil, or a pointer that is
		names = b
	}
	var out []Change
	for _, f := range names {
		c := Change{Field: f.name, Sealed: f.sealed, Before: valueOf(b, f.name), After: valueOf(a, f.name)}
		if same(c.Before, c.After) {
			continue
		}
		if c.Sealed {
			var err error
			if c.Before, err = sealed(seal, f.name, c.Before); err != nil {
				return nil, err
			}
			if c.After, err = sealed(seal, f.name, c.After); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func sealed(seal Seal, field string, v *string) (*string, error) {
	if v == nil || *v == "" {
		return v, nil
	}
	s, err := seal(field, *v)
	if err != nil {
		return nil, fmt.Errorf("audit: %s: %w", field, err)
	}
	return &s, nil
}

type field struct {
	name   string
	sealed bool
	value  string
}

func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b || a == nil && *b == "" || b == nil && *a == ""
	}
	return *a == *b
}

func valueOf(all []field, name string) *string {
	for i := range all {
		if all[i].name == name {
			return &all[i].value
		}
	}
	return nil
}

// fields writes the tagged fields of a struct, in their order, those of embedded structs among them.
func fields(v any) []field {
	if v == nil {
		return nil
	}
	rv := reflect.ValueOf(v)
	for rv.Kind() == reflect.Pointer {
		if rv.IsNil() {
			return nil
		}
		rv = rv.Elem()
	}
	var out []field
	for i := range rv.NumField() {
		at := rv.Type().Field(i)
		tag, ok := at.Tag.Lookup("audit")
		if !ok && at.Anonymous && at.IsExported() && at.Type.Kind() == reflect.Struct {
			out = append(out, fields(rv.Field(i).Interface())...)
		}
		if !ok {
			continue
		}
		name, opts, _ := strings.Cut(tag, ",")
		out = append(out, field{name: name, sealed: opts == "sealed", value: text(rv.Field(i))})
	}
	return out
}

// text writes a value as it is kept in the record. Different values are written differently.
func text(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		return text(v.Elem())
	}
	switch x := v.Interface().(type) {
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.UTC().Format(time.RFC3339Nano)
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		if err == nil {
			return string(b)
		}
	case fmt.Stringer:
		return x.String()
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = text(v.Index(i))
			if parts[i] == "" || strings.ContainsAny(parts[i], " \"\\\n") {
				parts[i] = strconv.Quote(parts[i])
			}
		}
		return strings.Join(parts, " ")
	default:
		return fmt.Sprint(v.Interface())
	}
}
