# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # JOOL_DIR is for the runner
#
# Jool, the translator that benchmarks compare ours with, from this machine's own
# apt. Neither package is installed, as jool-dkms would build for and load into
# this machine's kernel: they are unpacked in the cache, and the modules built for
# the guest's kernel.
#
#   jool_build    sets JOOL_DIR: the directory with jool_common.ko, jool.ko and the
#                 program jool; empty if that cannot be had. Needs kernel.sh.

JOOL_DIR=

# jool_version: the version on offer, the same of both packages.
jool_version()
{
	local version

	version=$(apt-cache policy jool-dkms 2>/dev/null | sed -n 's/^ *Candidate: //p')
	[[ $version && $version != '(none)' ]] && printf '%s\n' "$version"
}

# jool_unpack VERSION: unpacks source and program below the cache.
jool_unpack()
{
	local dir=$CACHE/jool/$1 tmp deb

	tmp=$dir.$$
	rm -rf "$dir" "$tmp"
	mkdir -p "$tmp/download" "$tmp/usr/lib"
	(cd "$tmp/download" &&
	 apt-get -q -o Acquire::Retries=3 download "jool-dkms=$1" "jool-tools=$1") || return 1
	for deb in "$tmp"/download/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$tmp" --keep-directory-symlink || return 1
	done
	rm -rf "$tmp/download"
	mv "$tmp" "$dir"
}

# jool_make SOURCE DIRECTORY: builds the modules in DIRECTORY, in the order that
# the package's dkms.conf has.
jool_make()
{
	mkdir -p "$2"
	cp -r "$1/src" "$2/"
	kernel_make "$2/src/mod/common" && kernel_make "$2/src/mod/nat64" &&
		mv "$2"/src/mod/{common/jool_common,nat64/jool}.ko "$2/"
}

jool_build()
{
	local version dir=$TREE/build/jool-$K_RELEASE source

	version=$(jool_version) ||
		{ kernel_refresh_lists && version=$(jool_version); } || {
		say "jool is not available: no package jool-dkms"
		return 0
	}
	if [[ ! -d $CACHE/jool/$version ]]; then
		mkdir -p "$CACHE/jool"
		quietly "fetch jool $version" jool_unpack "$version" || {
			say "jool is not available: cannot fetch it"
			return 0
		}
	fi
	if [[ ! -e $dir/$version ]]; then
		source=$(echo "$CACHE/jool/$version/usr/src/"jool*)
		rm -rf "$dir"
		quietly "build jool $version for $K_RELEASE" jool_make "$source" "$dir" || {
			say "jool is not available: it does not build for $K_RELEASE"
			return 0
		}
		cp "$CACHE/jool/$version/usr/bin/jool" "$dir/jool"
		: >"$dir/$version"
	fi
	JOOL_DIR=$dir
}
