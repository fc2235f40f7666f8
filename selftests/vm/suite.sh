# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of a Debian suite other than the one this machine runs.
#
# The newest kernel is packaged for a newer suite than most users run.  Adding
# that suite to the machine's own apt configuration would change what the next
# upgrade installs, so everything here works in a private apt root in the cache
# directory: its own sources, lists and downloads, nothing installed.  Archive
# addresses come from the machine's own configuration (a local mirror stays in
# use), and signatures are verified with the keyring that is installed.
#
# Sourced, not run.  Functions return non-zero after printing why.

# The suite whose backports carry the newest packaged kernel.
: "${IPV6TUN_NEWEST_SUITE:=trixie}"

# Lists older than this many days are fetched again.
SUITE_LISTS_MAX_DAYS=${SUITE_LISTS_MAX_DAYS:-7}

suite_err()
{
	echo "suite: $*" >&2
	return 1
}

# The suite this machine runs, e.g. "bookworm".
suite_own()
{
	(. /etc/os-release && echo "$VERSION_CODENAME")
}

# Address of the Debian archive this machine already uses.
#
# Other vendors name their suites freely, so matching our code name is not
# enough to know Debian's own archive: only that also serves CODENAME-updates.
suite_archive()
{
	local own

	own=$(suite_own) || return 1
	# shellcheck disable=SC2016 # expanded by apt-get
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' |
	awk -v own="$own" '
		$2 == "main" && ($1 == own || $1 == "stable") && !first { first = $3 }
		$2 == "main" && $1 == own "-updates" { updates[$3] = 1 }
		$2 == "main" && ($1 == own || $1 == "stable") { main[++n] = $3 }
		END {
			for (i = 1; i <= n; i++)
				if (main[i] in updates) {
					print main[i]
					exit
				}
			if (!first)
				exit 1
			print first
		}' || suite_err "no Debian archive in this machine's apt configuration"
}

# Keyring that verifies the archive, as installed on this machine.
suite_keyring()
{
	local ring=/usr/share/keyrings/debian-archive-keyring.gpg

	[ -r "$ring" ] || { suite_err "$ring is missing (package debian-archive-keyring)"; return 1; }
	echo "$ring"
}

# suite_sources SUITE: a deb822 source entry for SUITE and its backports.
suite_sources()
{
	local suite=$1 archive ring

	archive=$(suite_archive) && ring=$(suite_keyring) || return 1
	cat <<-END
	Types: deb
	URIs: $archive
	Suites: $suite $suite-backports
	Components: main
	Signed-By: $ring
	END
}

# suite_root SUITE: path of the private apt root.
suite_root()
{
	echo "$CACHE/apt/$1"
}

# suite_setup SUITE: makes the private apt root.
suite_setup()
{
	local suite=$1 root=$CACHE/apt/$1 sources

	sources=$(suite_sources "$suite") || return 1
	mkdir -p "$root"/{sources.list.d,preferences.d,trusted.gpg.d} \
		"$root"/lists/partial "$root"/archives/partial || return 1
	printf '%s\n' "$sources" >"$root/sources.list.d/debian.sources"
	: >"$root/status"
	# Read last, after the machine's own apt.conf.d: proxies and the like
	# stay, its hooks, which act on the machine's own cache, do not run.
	# The sandbox user could not write below a home directory.
	cat >"$root/apt.conf" <<-END
	Dir::State "$root";
	Dir::State::lists "$root/lists";
	Dir::State::status "$root/status";
	Dir::Cache "$root";
	Dir::Cache::archives "$root/archives";
	Dir::Cache::pkgcache "pkgcache.bin";
	Dir::Cache::srcpkgcache "srcpkgcache.bin";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$root/sources.list.d";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "$root/preferences.d";
	Dir::Etc::trusted "/dev/null";
	Dir::Etc::trustedparts "$root/trusted.gpg.d";
	APT::Sandbox::User "";
	APT::Default-Release "";
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	END
}

# suite_apt SUITE TOOL ARGS...: run apt-get or apt-cache in the private root.
suite_apt()
{
	local suite=$1 tool=$2 root

	shift 2
	root=$(suite_root "$suite")
	"$tool" -c "$root/apt.conf" "$@"
}

# suite_update SUITE: fetch the package lists unless they are recent.
suite_update()
{
	local suite=$1 root

	root=$(suite_root "$suite")
	[ -z "$(find "$root/updated" -mtime "-$SUITE_LISTS_MAX_DAYS" 2>/dev/null)" ] ||
		return 0
	suite_setup "$suite" || return 1
	echo "suite: fetching the package lists of $suite and $suite-backports" >&2
	suite_apt "$suite" apt-get -q update >&2 ||
		{ suite_err "cannot fetch the package lists of $suite"; return 1; }
	touch "$root/updated"
}

# suite_ask SUITE QUESTION COMMAND...: the answer COMMAND prints, remembered
# until the lists are fetched again, as each look at them takes seconds.
suite_ask()
{
	local suite=$1 question=$2 root file

	shift 2
	suite_update "$suite" || return 1
	root=$(suite_root "$suite")
	file=$root/answers/${question//[^A-Za-z0-9.]/_}
	if [ ! -s "$file" ] || [ ! "$file" -nt "$root/updated" ]; then
		mkdir -p "$root/answers"
		"$@" >"$file.$$"
		if [ ! -s "$file.$$" ]; then
			rm -f "$file.$$"
			suite_err "no $question in $suite or $suite-backports"
			return 1
		fi
		mv "$file.$$" "$file"
	fi
	cat "$file"
}

# suite_newest SUITE REGEX: the package with the highest version in its name.
suite_newest()
{
	suite_ask "$1" "newest $2" suite_newest_names "$@"
}

suite_newest_names()
{
	suite_apt "$1" apt-cache pkgnames linux- | grep -Ex -- "$2" |
		sort -V | tail -n 1
}

# suite_version SUITE PACKAGE: the highest version of PACKAGE on offer.
suite_version()
{
	suite_ask "$1" "version of $2" suite_version_table "$@"
}

suite_version_table()
{
	suite_apt "$1" apt-cache madison "$2" | awk -F' *[|] *' 'NR == 1 { print $2 }'
}

# suite_download SUITE PACKAGE VERSION DIRECTORY: fetch, verify and unpack.
suite_download()
{
	local suite=$1 pkg=$2 version=$3 dir=$4 tmp

	# What a run that was killed left behind.
	find "$CACHE" -maxdepth 1 -name 'download.*' -mmin +180 -exec rm -rf {} + || true
	tmp=$(mktemp -d "$CACHE/download.XXXXXX") || return 1
	echo "suite: downloading $pkg $version from $suite" >&2
	if (cd "$tmp" && suite_apt "$suite" apt-get -q download "$pkg=$version") >&2 &&
	   mkdir -p "$dir" &&
	   # /lib may be a link here, as it is on the machine the package is for.
	   dpkg-deb --fsys-tarfile "$tmp"/*.deb | tar -x -C "$dir" --keep-directory-symlink; then
		rm -rf "$tmp"
		return 0
	fi
	rm -rf "$tmp"
	suite_err "cannot download $pkg $version"
}
