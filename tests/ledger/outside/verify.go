// Verifies a ledger's log with the Go checksum database's own packages: nothing here is shared with trustcenter.
//
// usage: verify FOLDER VERIFIER-KEY...
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// c2sp turns sumdb's tile path (tile/8/LEVEL/...) into that of C2SP tlog-tiles (tile/LEVEL/...).
func c2sp(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

type reader struct{ folder string }

func (r reader) Height() int                     { return height }
func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(r.folder, "log", c2sp(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func tree(path string, verifiers note.Verifiers) tlog.Tree {
	data, err := os.ReadFile(path)
	check(err)
	signed, err := note.Open(data, verifiers)
	check(err)
	lines := strings.Split(signed.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

func main() {
	folder := os.Args[1]
	var known []note.Verifier
	for _, text := range os.Args[2:] {
		verifier, err := note.NewVerifier(text)
		check(err)
		known = append(known, verifier)
	}
	verifiers := note.VerifierList(known...)
	head := tree(filepath.Join(folder, "log/checkpoint"), verifiers)
	hashes := tlog.TileHashReader(head, reader{folder})

	entries := int64(0)
	for start := int64(0); start < head.N; start += 1 << height {
		width := min(head.N-start, 1<<height)
		tile := tlog.Tile{H: height, L: -1, N: start >> height, W: int(width)}
		data, err := os.ReadFile(filepath.Join(folder, "log", c2sp(tile)))
		check(err)
		for ; len(data) > 0; entries++ {
			length := int(binary.BigEndian.Uint16(data))
			proof, err := tlog.ProveRecord(head.N, entries, hashes)
			check(err)
			check(tlog.CheckRecord(proof, head.N, head.Hash, entries, tlog.RecordHash(data[2:2+length])))
			data = data[2+length:]
		}
	}
	if entries != head.N {
		check(fmt.Errorf("%d entries, the checkpoint says %d", entries, head.N))
	}

	past, err := filepath.Glob(filepath.Join(folder, "log/checkpoints/*[0-9].note"))
	check(err)
	sort.Strings(past)
	for _, path := range past {
		older := tree(path, verifiers)
		proof, err := tlog.ProveTree(head.N, older.N, hashes)
		check(err)
		check(tlog.CheckTree(proof, head.N, head.Hash, older.N, older.Hash))
	}
	fmt.Printf("%d entries %d checkpoints\n", entries, len(past))
}
