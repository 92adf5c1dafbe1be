package server

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"korpu/internal/fault"
)

// media is one of the two media types of GraphQL over HTTP, with its ready header value.
type media struct {
	header []string
	// lenient is the rule of application/json: an error of GraphQL answers 200, since older clients read nothing else.
	lenient bool
}

var (
	jsonMedia    = &media{header: []string{"application/json; charset=utf-8"}, lenient: true}
	graphqlMedia = &media{header: []string{"application/graphql-response+json; charset=utf-8"}}
)

// negotiate picks the media type of the answer; the newer one only where it is named.
func negotiate(h http.Header) (*media, error) {
	switch accept := strings.Join(h["Accept"], ","); accept {
	case "", "*/*", "application/json":
		return jsonMedia, nil
	case "application/graphql-response+json":
		return graphqlMedia, nil
	default:
		newer, older := weights(accept)
		if newer == 0 && older == 0 {
			return nil, refuse(http.StatusNotAcceptable, fault.Invalid,
				"the hub answers as application/graphql-response+json or application/json, in UTF-8")
		}
		if newer >= older {
			return graphqlMedia, nil
		}
		return jsonMedia, nil
	}
}

// weights are the best q-values that an Accept header gives to the two media types.
func weights(accept string) (newer, older float64) {
	for part := range strings.SplitSeq(accept, ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil || !isUTF8(parameters) {
			continue
		}
		q := 1.0
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		switch name {
		case "application/graphql-response+json":
			newer = max(newer, q)
		case "application/json", "application/*", "*/*":
			older = max(older, q)
		}
	}
	return newer, older
}

// checkContentType refuses a body that is not JSON in UTF-8: forms are what other sites can send in a user's name.
func checkContentType(h http.Header) error {
	encoding, content := h.Get("Content-Encoding"), h.Get("Content-Type")
	if (encoding == "" || encoding == "identity") && (content == "application/json" || isJSON(content)) {
		return nil
	}
	return refuse(http.StatusUnsupportedMediaType, fault.Invalid, "send the request as application/json in UTF-8, not compressed")
}

func isJSON(content string) bool {
	name, parameters, err := mime.ParseMediaType(content)
	return err == nil && name == "application/json" && isUTF8(parameters)
}

func isUTF8(parameters map[string]string) bool {
	charset, given := parameters["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}
