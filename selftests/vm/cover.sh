# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How many lines of the pure layers the KUnit suites run.  The suites have these
# files in them and are compiled with counters (kmod/tests/Kbuild), kunit.sh brings
# the counters out of the guest, and gcov, which is part of gcc, knows the lines.
#
# Sourced by the runner.

# Per cent of the lines of all files together.
COVER_LEAST=90

# cover_files: the pure layers, as kmod/Kbuild lists them.
cover_files()
{
	sed -n 's/^pure-y *[:+]= *//p' "$TREE/kmod/Kbuild" | tr -s ' \t' '\n' | sed -n 's/\.o$/.c/p'
}

# cover_counts DIRECTORY: "FILE LINE COUNT" for each line that has code, once for
# each object it is in.  What the compiler knows of an object has to lie beside
# the counters.
cover_counts()
{
	local dir=$1 data name

	for data in "$dir"/*.gcda; do
		name=$(basename "$data" .gcda)
		cp "$TREE/build/kmod-$K_RELEASE/tests/$name.gcno" "$dir/" || return 1
		(cd "$dir" && gcov --json-format --stdout "$name.gcda" 2>>gcov.log) || return 1
	done | jq -r '.files[] | .file as $file | .lines[] | "\($file) \(.line_number) \(.count)"'
}

# cover_table NOT_RUN: reads such lines, prints the table, and writes the lines that
# were not run to the file NOT_RUN.  A header's functions count like those of the
# files that include it; tests, compat/ and the kernel's headers do not.
cover_table()
{
	awk -v files="$(cover_files | tr '\n' ' ')" -v build="$TREE/build/kmod-$K_RELEASE/" \
	    -v kmod="$TREE/kmod/" -v not_run="$1" -v least="$COVER_LEAST" '
		# A suite names what it includes as it sees it: tests/../flow.c
		function plain(name) {
			if (index(name, build) == 1)
				name = substr(name, length(build) + 1)
			sub("^[.]/", "", name)
			while (sub("[^/]+/[.][.]/", "", name))
				;
			return name
		}
		function per_cent(part, whole) {
			return int(part * 1000 / whole) / 10
		}
		BEGIN {
			listed = n = split(files, file, " ")
			for (i = 1; i <= n; i++)
				known[file[i]] = 1
		}
		{
			name = plain($1)
			if (name !~ "^(nat64/)?[^/]+[.][ch]$")
				next
			if (!(name in known)) {
				file[++n] = name
				known[name] = 1
			}
			if (!((name, $2) in runs))
				lines[name]++
			runs[name, $2] += $3
		}
		END {
			printf "" >not_run
			print "# line coverage of the pure layers:"
			printf "#   %-20s %6s %6s %6s\n", "file", "lines", "run", "%"
			for (i = 1; i <= n; i++) {
				name = file[i]
				if (!lines[name]) {
					printf "#   %-20s no suite in kmod/tests/ includes it\n", name
					bad = 1
					continue
				}
				if (i > listed && name ~ "[.]c$") {
					printf "#   %-20s is in a suite, but kmod/Kbuild does not list it as pure\n", name
					bad = 1
				}
				run = at = 0
				while ((getline text <(kmod name)) > 0) {
					if (!((name, ++at) in runs))
						continue
					if (runs[name, at] > 0)
						run++
					else
						printf "kmod/%s:%d:%s\n", name, at, text >not_run
				}
				printf "#   %-20s %6d %6d %6.1f\n", name, lines[name], run,
				       per_cent(run, lines[name])
				all += lines[name]
				all_run += run
			}
			if (!all)
				all = 1
			printf "#   %-20s %6d %6d %6.1f\n", "all", all, all_run,
			       per_cent(all_run, all)
			if (all_run * 100 < least * all)
				bad = 1
			printf "%s - line coverage of the pure layers: %.1f %%, at least %d %% wanted\n",
			       bad ? "not ok" : "ok", per_cent(all_run, all), least
			exit bad
		}'
}

# cover_judge DIRECTORY: of the counters that came out of the guest. Adds a result to
# the p or f of the caller.
cover_judge()
{
	local dir=$1 rc=0

	if ! compgen -G "$dir/*.gcda" >/dev/null; then
		echo "not ok - line coverage of the pure layers: no counters came out of the guest:" \
			"it died, or its kernel has no CONFIG_GCOV_KERNEL"
		rc=1
	elif ! cover_counts "$dir" >"$dir/counts"; then
		echo "not ok - line coverage of the pure layers: gcov failed, see below"
		rc=1
	else
		cover_table "$dir/not-run" <"$dir/counts" || rc=1
		echo "# lines that no case runs: ${dir#"$TREE/"}/not-run"
	fi
	# It says here what does not fit together, and ends well.
	if [[ -s $dir/gcov.log ]]; then
		sed 's/^/# gcov: /' "$dir/gcov.log"
	fi
	if ((rc)); then
		echo "#   line coverage of the pure layers" >>"$SHARE/failed"
		f=$((f + 1))
	else
		p=$((p + 1))
	fi
}
