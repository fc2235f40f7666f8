#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write the attribute names and types of the specification as C tables.

ipv6tunctl prints and explains netlink attributes from these tables, so its
JSON keys and its error messages cannot differ from the specification.
Called by selftests/gen.sh; the output is committed.
"""
import sys

import yaml

SCALARS = {"u8": "U8", "u16": "U16", "u32": "U32", "u64": "U64",
           "flag": "FLAG", "string": "STRING", "nest": "NEST"}
BINARIES = {"ipv4": "ADDR", "ipv6": "ADDR", "ipv4-or-v6": "ADDR",
            "hex": "BYTES"}


def c_name(name):
    return name.replace("-", "_")


def c_string(text):
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def attr_type(attr):
    if attr["type"] == "binary":
        return BINARIES[attr["display-hint"]]
    return SCALARS[attr["type"]]


def write_enum(out, enum):
    out.append(f"static const char *const {c_name(enum['name'])}_names[] = {{")
    out.extend(f'\t"{entry["name"]}",' for entry in enum["entries"])
    out.append("};\n")
    out.append(f"const struct spec_enum spec_enum_{c_name(enum['name'])} = {{")
    out.append(f"\t{c_name(enum['name'])}_names, {len(enum['entries'])},")
    out.append("};\n")


def write_set(out, attr_set, parents, flags):
    name = c_name(attr_set["name"])
    prefix = f"IPV6TUN_A_{name.upper()}_"
    out.append(f"static const struct spec_attr {name}_attrs[] = {{")
    for attr in attr_set["attributes"]:
        if attr["type"] == "pad":
            continue
        out.append(f"\t[{prefix}{c_name(attr['name']).upper()}] = {{")
        out.append(f'\t\t.name = "{attr["name"]}",')
        out.append("\t\t.doc =")
        out.append(f"{c_string(attr['doc'])},")
        out.append(f"\t\t.type = SPEC_{attr_type(attr)},")
        if attr.get("multi-attr"):
            out.append("\t\t.multi = true,")
        if "enum" in attr:
            out.append(f"\t\t.names = &spec_enum_{c_name(attr['enum'])},")
            if attr["enum"] in flags:
                out.append("\t\t.bits = true,")
        if "nested-attributes" in attr:
            nest = attr["nested-attributes"]
            out.append(f"\t\t.nest = &spec_{c_name(parents.get(nest, nest))},")
        out.append("\t},")
    out.append("};\n")
    out.append(f"const struct spec_set spec_{name} = {{")
    out.append(f"\t{name}_attrs, {prefix}MAX,")
    out.append("};\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        spec = yaml.safe_load(stream)
    out = ["// SPDX-License-Identifier: GPL-2.0",
           "/* Generated from Documentation/netlink/specs/ipv6tun.yaml */",
           "/* by selftests/gen.sh; do not edit. */",
           "",
           "#include <linux/ipv6tun.h>",
           "",
           '#include "spec.h"',
           ""]
    for definition in spec["definitions"]:
        if definition["type"] in ("enum", "flags"):
            write_enum(out, definition)
    flags = {definition["name"] for definition in spec["definitions"]
             if definition["type"] == "flags"}
    # A subset has the numbers of its parent, whose table does for both.
    parents = {attr_set["name"]: attr_set["subset-of"]
               for attr_set in spec["attribute-sets"] if "subset-of" in attr_set}
    for attr_set in spec["attribute-sets"]:
        if attr_set["name"] not in parents:
            write_set(out, attr_set, parents, flags)
    out.append("const char *const spec_cmd[] = {")
    out.extend(f'\t[IPV6TUN_CMD_{c_name(op["name"]).upper()}] = "{op["name"]}",'
               for op in spec["operations"]["list"])
    out.append("};")
    print("\n".join(out))


main()
