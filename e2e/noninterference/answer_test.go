package noninterference

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
)

// answer is what came back: all of it but the request's own random name.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *side) ask(header http.Header, body []byte) answer {
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header = header.Clone()
	recorder := httptest.NewRecorder()
	s.web.ServeHTTP(recorder, r)
	a := answer{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	a.header.Del("Korpu-Request-Id")
	return a
}

func (a answer) same(b answer) bool {
	return a.status == b.status && bytes.Equal(a.body, b.body) && maps.EqualFunc(a.header, b.header, slices.Equal)
}

// expected are the refusals that a valid operation can meet: its cursor is not of this question, or its filter is too wide.
var expected = []string{"after must be a cursor", "a filter on "}

// contents is what an answer holds: its records, and which places of the schema they were asked at.
type contents struct {
	refused  bool
	defect   string
	records  int
	places   []string
	cursors  map[*variable][]string
	world    *world
	readings map[string]bool
}

// examine takes an answer apart along the operation.
func (w *world) examine(o *operation, a answer) *contents {
	c := &contents{world: w, cursors: map[*variable][]string{}, readings: map[string]bool{}}
	var body struct {
		Data   map[string]any
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		c.defect = "no JSON"
		return c
	}
	for _, e := range body.Errors {
		c.refused = true
		if !slices.ContainsFunc(expected, func(beginning string) bool { return strings.HasPrefix(e.Message, beginning) }) {
			c.defect = e.Message
		}
	}
	c.read(o.nodes)
	if body.Data != nil {
		c.visit(o.nodes, body.Data, nil)
	}
	return c
}

// read notes the records that the statements read, whether or not there are any.
func (c *contents) read(all []*node) {
	for _, n := range all {
		if !n.live() {
			continue
		}
		if n.field != nil && c.world.catalog.Records[n.field.Type.Name()] != nil {
			c.readings[n.field.Type.Name()] = true
		}
		c.read(n.sub)
	}
}

func (c *contents) visit(all []*node, object map[string]any, page *variable) {
	for _, n := range all {
		switch {
		case !n.live():
		case n.field == nil:
			c.visit(n.sub, object, page)
		default:
			c.note(n)
			c.enter(n, object[n.key], cmp.Or(n.after, page))
		}
	}
}

// note keeps the field, and each place of its arguments where something is given.
func (c *contents) note(n *node) {
	field := n.parent + "." + n.field.Name
	c.places = append(c.places, field)
	for _, a := range n.args {
		for _, path := range paths(a.name, a.value.value()) {
			c.places = append(c.places, field+"("+path+")")
		}
	}
}

func (c *contents) enter(n *node, value any, page *variable) {
	switch value := value.(type) {
	case map[string]any:
		if c.world.catalog.Records[n.field.Type.Name()] != nil {
			c.records++
			page = nil
		}
		c.visit(n.sub, value, page)
	case []any:
		for _, element := range value {
			c.enter(n, element, page)
		}
	case string:
		if strings.HasSuffix(strings.ToLower(n.field.Name), "cursor") && page != nil {
			c.cursors[page] = append(c.cursors[page], value)
		}
	}
}
