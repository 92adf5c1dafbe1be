package server

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"korpu/internal/fault"
)

// request is the body of a GraphQL request. Its extensions are allowed and ignored.
type request struct {
	query, operationName string
	variables            map[string]any
}

// errShape stands for any member of a wrong name or type; the answer never repeats the body.
var errShape = errors.New("wrong member")

// decode reads one request strictly: one document, no member twice, names in their own case. Whatever reads the body
// before the hub, a firewall say, then reads the same.
func decode(body []byte) (request, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(body))
	q, err := decodeRequest(d)
	if err == nil {
		if _, err = d.ReadToken(); errors.Is(err, io.EOF) {
			return q, nil
		}
		err = errors.New("something follows the request")
	}
	if errors.Is(err, errShape) {
		return q, refuse(http.StatusBadRequest, fault.Invalid,
			"the request is an object with query (text), and operationName (text), variables and extensions (objects) where they are needed")
	}
	return q, refuse(http.StatusBadRequest, fault.Invalid, "the body is not one well-formed JSON object without repeated names")
}

func decodeRequest(d *jsontext.Decoder) (request, error) {
	var q request
	if d.PeekKind() != '{' {
		return q, errors.Join(d.SkipValue(), errShape)
	}
	seen := false
	if _, err := d.ReadToken(); err != nil {
		return q, err
	}
	for d.PeekKind() == '"' {
		name, err := text(d)
		if err != nil {
			return q, err
		}
		seen = seen || name == "query"
		if err := q.member(d, name); err != nil {
			return q, err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return q, err
	}
	if !seen {
		return q, errShape
	}
	return q, nil
}

func (q *request) member(d *jsontext.Decoder, name string) (err error) {
	kind := d.PeekKind()
	switch {
	case name == "query" && kind == '"':
		q.query, err = text(d)
	case name == "operationName" && kind == '"':
		q.operationName, err = text(d)
	case name == "variables" && kind == '{':
		q.variables, err = object(d)
	case name == "extensions" && kind == '{', optional(name) && kind == 'n':
		err = d.SkipValue()
	default:
		err = errShape
	}
	return err
}

func optional(name string) bool {
	return name == "operationName" || name == "variables" || name == "extensions"
}

func text(d *jsontext.Decoder) (string, error) {
	t, err := d.ReadToken()
	if err != nil {
		return "", err
	}
	return t.String(), nil
}

func object(d *jsontext.Decoder) (map[string]any, error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err // nested too deeply
	}
	m := map[string]any{}
	for d.PeekKind() == '"' {
		name, err := text(d)
		if err != nil {
			return nil, err
		}
		if m[name], err = value(d); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return m, err
}

func list(d *jsontext.Decoder) ([]any, error) {
	if _, err := d.ReadToken(); err != nil {
		return nil, err // nested too deeply
	}
	l := []any{}
	for kind := d.PeekKind(); kind != ']' && kind != 0; kind = d.PeekKind() {
		v, err := value(d)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
	_, err := d.ReadToken()
	return l, err
}

func value(d *jsontext.Decoder) (any, error) {
	switch d.PeekKind() {
	case '{':
		return object(d)
	case '[':
		return list(d)
	case '"':
		return text(d)
	}
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch t.Kind() {
	case 't', 'f':
		return t.Bool(), nil
	case '0':
		return number(t.String())
	default:
		return nil, nil
	}
}

// number keeps whole numbers whole, so that an identifier is not rounded on its way through a float.
func number(digits string) (any, error) {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f), nil // 5.0 or 5e0
	}
	return f, err
}
