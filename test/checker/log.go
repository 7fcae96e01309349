package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

// stored holds a tree's hashes in the order of tlog.StoredHashIndex.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("there is no hash %d in the tree", index)
		}
		hashes[i] = s[index]
	}
	return hashes, nil
}

// readEntries gives every entry of the log. Nothing is known of them before their tree is the signed one.
func readEntries(read source, size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n*tileWidth < size; n++ {
		tile := tlog.Tile{H: tileHeight, L: -1, N: n, W: widthOf(size, n)}
		path := pathOf(tile)
		bundle, err := read(path)
		if err != nil {
			return nil, err
		}
		entries, err := split(bundle)
		if err != nil || len(entries) != tile.W {
			return nil, fmt.Errorf("%s: expected %d entries, found %d (%v)", path, tile.W, len(entries), err)
		}
		all = append(all, entries...)
	}
	return all, nil
}

func split(bundle []byte) (entries [][]byte, err error) {
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return entries, errors.New("cut short")
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	return entries, nil
}

// hashTree hashes every entry. Of those that a bundle of a part leaves out, which are empty in it, it takes the hashes from
// the tiles: that they are the log's shows when the root is the signed one.
func hashTree(read source, entries [][]byte, isPart bool) (stored, error) {
	var tree stored
	for index, entry := range entries {
		hash := tlog.RecordHash(entry)
		if isPart && len(entry) == 0 {
			var err error
			if hash, err = leafOf(read, int64(index), int64(len(entries))); err != nil {
				return nil, err
			}
		}
		hashes, err := tlog.StoredHashesForRecordHash(int64(index), hash, tree)
		if err != nil {
			return nil, err
		}
		tree = append(tree, hashes...)
	}
	return tree, nil
}

func leafOf(read source, index, size int64) (tlog.Hash, error) {
	n := index / tileWidth
	tile := tlog.Tile{H: tileHeight, L: 0, N: n, W: widthOf(size, n)}
	hashes, err := read(pathOf(tile))
	if err != nil {
		return tlog.Hash{}, err
	}
	if len(hashes) != tile.W*tlog.HashSize {
		return tlog.Hash{}, fmt.Errorf("%s: expected %d hashes", pathOf(tile), tile.W)
	}
	return tlog.HashFromTile(tile, hashes, tlog.StoredHashIndex(0, index))
}

// checkTiles holds every tile that a tree of that size has against the hashes of its entries.
func checkTiles(read source, tree stored, size int64) error {
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		hashes := size >> (tileHeight * level)
		for n := int64(0); n*tileWidth < hashes; n++ {
			tile := tlog.Tile{H: tileHeight, L: level, N: n, W: widthOf(hashes, n)}
			expected, err := tlog.ReadTileData(tile, tree)
			if err != nil {
				return err
			}
			found, err := read(pathOf(tile))
			if err != nil {
				return err
			}
			if !bytes.Equal(found, expected) {
				return fmt.Errorf("%s: these are not the hashes of the entries", pathOf(tile))
			}
		}
	}
	return nil
}

func widthOf(hashes, n int64) int {
	if width := hashes - n*tileWidth; width < tileWidth {
		return int(width)
	}
	return tileWidth
}
