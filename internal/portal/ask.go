package portal

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// answer is what the hub answered.
type answer struct {
	Data   map[string]any `json:"data"`
	Errors []problem      `json:"errors"`
}

// problem is an error of the hub; its message is in English and names no record.
type problem struct {
	Message    string `json:"message"`
	Extensions struct {
		Code    string   `json:"code"`
		Choices []string `json:"choices"`
	} `json:"extensions"`
}

// code of the first error, empty where there is none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// ask puts a document to the hub as the person who is signed in, through every station that a request of a partner's system
// passes too.
func (p *Portal) ask(r *http.Request, d *document, variables map[string]any) (a answer) {
	body, err := json.Marshal(map[string]any{"query": d.text, "variables": variables})
	if err != nil {
		return failed("INTERNAL")
	}
	asked, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	if err != nil {
		return failed("INTERNAL")
	}
	asked.RemoteAddr, asked.Header = r.RemoteAddr, p.headers(r)
	var reply reply
	p.config.GraphQL.ServeHTTP(&reply, asked)
	decoder := json.NewDecoder(&reply.body)
	decoder.UseNumber()
	if err := decoder.Decode(&a); err != nil {
		return failed("INTERNAL")
	}
	return a
}

func failed(code string) answer {
	a := answer{Errors: make([]problem, 1)}
	a.Errors[0].Extensions.Code = code
	return a
}

// headers are those of the browser's request, so that the hub finds the address that a proxy in front has written, with the
// token in the place of the cookie.
func (p *Portal) headers(r *http.Request) http.Header {
	h := r.Header.Clone()
	for _, own := range []string{"Cookie", "Origin", "Referer", "Korpu-Role", "Korpu-Purpose", "Korpu-On-Behalf-Of", "Content-Length", "Accept-Encoding"} {
		h.Del(own)
	}
	h.Set("Content-Type", "application/json")
	h.Set("Accept", "application/graphql-response+json")
	h.Set("Authorization", "Bearer "+p.signedInAs(r.Context()))
	for name, key := range map[string]string{"Korpu-Role": keyRole, "Korpu-Purpose": keyPurpose} {
		if value := p.sessions.GetString(r.Context(), key); value != "" {
			h.Set(name, value)
		}
	}
	return h
}

// reply collects what the hub answers.
type reply struct {
	header http.Header
	body   bytes.Buffer
}

func (r *reply) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}
func (r *reply) Write(b []byte) (int, error) { return r.body.Write(b) }
func (r *reply) WriteHeader(int)             {}

// problem is what the first error says.
func (a answer) problem() *problem {
	if len(a.Errors) == 0 {
		return nil
	}
	return &a.Errors[0]
}

// choices are those that the hub leaves to the caller.
func (a answer) choices() []string {
	if len(a.Errors) == 0 {
		return nil
	}
	return a.Errors[0].Extensions.Choices
}
