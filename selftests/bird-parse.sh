#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The BIRD configuration parses with the BIRD installed here. No network.

# shellcheck source=selftests/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# "-d" has it write to stderr instead of to syslog and the console.
parses() # FILE
{
	local out

	out=$(bird -d -p -c "$1" 2>&1) || fail "$out"
	eq "$out" "" "what BIRD says"
}

# Each value that a common file names at its top is used by it, and the other way
# round: without any one of them it must not parse.
values_are_all_needed()
{
	local example value file=$TMP/partial.conf

	for example in "$TREE"/bird/examples/*.conf; do
		while read -r value; do
			# The value may go on in the next line.
			sed -e "/^define $value /,/;\$/d" -e "s|\"\.\./|\"$TREE/bird/|" \
				"$example" >"$file"
			refused "" bird -d -p -c "$file"
			grep -q "^#   define $value " "$TREE/bird/${example##*/}" ||
				fail "${example##*/} does not explain $value"
		done < <(sed -n 's/^define \([A-Z0-9_]*\) .*/\1/p' "$example")
	done
}

# Wherever the common files end up, as "make install" does.
includes_are_relative()
{
	mkdir -p "$TMP/elsewhere/examples"
	cp "$TREE"/bird/*.conf "$TMP/elsewhere/"
	cp "$TREE"/bird/examples/*.conf "$TMP/elsewhere/examples/"
	parses "$TMP/elsewhere/examples/core-edge.conf"
	parses "$TMP/elsewhere/examples/sdwan-router.conf"
}

need_cmd bird
run_test parses "the core edge" "$TREE/bird/examples/core-edge.conf"
run_test parses "the SD-WAN router" "$TREE/bird/examples/sdwan-router.conf"
run_test values_are_all_needed "every value is explained, and needed"
run_test includes_are_relative "the files work in another place"
