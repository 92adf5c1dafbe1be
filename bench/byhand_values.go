package main

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
)

// The values of the hand-written contestant: PostgreSQL's binary form to JSON, with nothing that these columns do not need.

const absent = "null"

func writeUUID(out, raw []byte) []byte {
	var t [38]byte
	t[0], t[9], t[14], t[19], t[24], t[37] = '"', '-', '-', '-', '-', '"'
	hex.Encode(t[1:9], raw[0:4])
	hex.Encode(t[10:14], raw[4:6])
	hex.Encode(t[15:19], raw[6:8])
	hex.Encode(t[20:24], raw[8:10])
	hex.Encode(t[25:37], raw[10:16])
	return append(out, t[:]...)
}

func writeText(out, raw []byte) []byte {
	if raw == nil {
		return append(out, absent...)
	}
	for _, c := range raw {
		if c < 0x20 || c == '"' || c == '\\' {
			return strconv.AppendQuote(out, string(raw)) // the data of the benchmark hold no such text
		}
	}
	out = append(out, '"')
	out = append(out, raw...)
	return append(out, '"')
}

func writeBool(out, raw []byte) []byte {
	if raw == nil {
		return append(out, absent...)
	}
	return strconv.AppendBool(out, raw[0] == 1)
}

// secondsTo2000 lie between the epochs of Unix and of PostgreSQL.
const secondsTo2000 = 946684800

func writeDate(out, raw []byte) []byte {
	if raw == nil {
		return append(out, absent...)
	}
	days := int64(int32(binary.BigEndian.Uint32(raw)))
	out = append(out, '"')
	out = time.Unix(secondsTo2000+days*86400, 0).UTC().AppendFormat(out, time.DateOnly)
	return append(out, '"')
}

func writeMoment(out, raw []byte) []byte {
	if raw == nil {
		return append(out, absent...)
	}
	micros := int64(binary.BigEndian.Uint64(raw))
	out = append(out, '"')
	out = time.Unix(secondsTo2000+micros/1e6, micros%1e6*1000).UTC().AppendFormat(out, time.RFC3339Nano)
	return append(out, '"')
}
