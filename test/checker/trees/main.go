// Trees prints what golang.org/x/mod/sumdb/tlog makes of the trees of up to N leaves, leaf i being the byte i: every root,
// every inclusion proof and every consistency proof, one a line, for a test to hold its own against.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	largest, err := strconv.ParseInt(os.Args[1], 10, 64)
	if err != nil || largest > 256 {
		panic("expected a number of leaves, at most 256")
	}
	var tree []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, tree[index])
		}
		return hashes, nil
	})
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for size := int64(1); size <= largest; size++ {
		hashes, err := tlog.StoredHashes(size-1, []byte{byte(size - 1)}, read)
		must(err)
		tree = append(tree, hashes...)
		root, err := tlog.TreeHash(size, read)
		must(err)
		fmt.Fprintln(out, "root", size, root)
		for index := int64(0); index < size; index++ {
			proof, err := tlog.ProveRecord(size, index, read)
			must(err)
			fmt.Fprintln(out, "leaf", index, size, []tlog.Hash(proof))
			older, err := tlog.ProveTree(size, index+1, read)
			must(err)
			fmt.Fprintln(out, "tree", index+1, size, []tlog.Hash(older))
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
