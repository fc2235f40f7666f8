#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write the grammar of the specification as C tables, for nlfuzz.

usage: gen-table.py SPECIFICATION >HEADER

What is in these tables is in selftests/fuzz/nl/table.h. They are made at build
time, so the requests are those of the specification as it is.
"""
import sys

import yaml

BITS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64}
OTHERS = {"pad": "PAD", "flag": "FLAG", "string": "STRING", "nest": "NEST"}
BINARIES = {"ipv4": "ADDR4", "ipv6": "ADDR6", "ipv4-or-v6": "ADDR",
            "hex": "BYTES"}
LENGTHS = {"ADDR4": (4, 4), "ADDR6": (16, 16), "ADDR": (4, 16)}


def c_name(name):
    return name.replace("-", "_")


class Grammar:
    """The specification, by names."""

    def __init__(self, spec):
        self.definitions = {d["name"]: d for d in spec["definitions"]}
        self.sets = {s["name"]: s for s in spec["attribute-sets"]}
        self.ops = {o["name"]: o for o in spec["operations"]["list"]}

    def number(self, value):
        """A number, which may be given by the name of a constant."""
        if isinstance(value, str):
            return self.definitions[value]["value"]
        return value

    def parent(self, attr_set):
        """The set that has the numbers and types of a subset."""
        return self.sets[attr_set.get("subset-of", attr_set["name"])]

    def attributes(self, attr_set):
        """The attributes of a set; those of a subset as their parent has them."""
        whole = {a["name"]: a for a in self.parent(attr_set)["attributes"]}
        return [whole[a["name"]] for a in attr_set["attributes"]]

    def kind(self, attr):
        if attr["type"] == "binary":
            return BINARIES[attr["display-hint"]]
        return OTHERS.get(attr["type"]) or attr["type"].upper()

    def bounds(self, attr):
        """Least and greatest value, or length of bytes."""
        checks = attr.get("checks", {})
        if attr["type"] in BITS:
            low, high = 0, 2 ** BITS[attr["type"]] - 1
            if "enum" in attr:
                enum = self.definitions[attr["enum"]]
                high = len(enum["entries"]) - 1
                if enum["type"] == "flags":
                    high = 2 ** len(enum["entries"]) - 1
            return (self.number(checks.get("min", low)),
                    self.number(checks.get("max", high)))
        if attr["type"] == "binary":
            low, high = LENGTHS.get(self.kind(attr), (0, 0))
            return low, self.number(checks.get("max-len", high))
        return 0, 0


def attr_number(parent, name):
    return f"IPV6TUN_A_{c_name(parent['name']).upper()}_{c_name(name).upper()}"


def write_set(out, grammar, attr_set, done):
    name = c_name(attr_set["name"])
    parent = grammar.parent(attr_set)
    out.append(f"static const struct attr_spec {name}_attrs[] = {{")
    for attr in grammar.attributes(attr_set):
        low, high = grammar.bounds(attr)
        line = f'\t{{ .name = "{attr["name"]}", .kind = KIND_{grammar.kind(attr)},'
        line += f' .type = {attr_number(parent, attr["name"])},'
        line += f" .min = {low}u, .max = {high}u,"
        if attr.get("multi-attr"):
            line += " .multi = true,"
        if "nested-attributes" in attr:
            # A set is written after those that it nests.
            assert attr["nested-attributes"] in done, attr["name"]
            line += f' .nest = &{c_name(attr["nested-attributes"])}_set,'
        out.append(line + " },")
    out.append("};\n")
    out.append(f"static const struct set_spec {name}_set = {{")
    out.append(f'\t.name = "{attr_set["name"]}", .attr = {name}_attrs, .n = ARRAY_SIZE({name}_attrs),')
    out.append("};\n")
    done.add(attr_set["name"])


def write_list(out, grammar, op, what, parent, names):
    """The numbers of the attributes of a request or reply; its initializer."""
    if not names:
        return ""
    array = f"{c_name(op['name'])}_{what}"
    out.append(f"static const uint16_t {array}[] = {{")
    out.extend(f"\t{attr_number(parent, name)}," for name in names)
    out.append("};\n")
    return f"\n\t\t.{what} = {array}, .n_{what} = ARRAY_SIZE({array}),"


def op_init(out, grammar, op):
    """The initializer of one command; its lists go to out."""
    text = f'\t{{\n\t\t.name = "{op["name"]}",'
    text += f' .cmd = IPV6TUN_CMD_{c_name(op["name"]).upper()},'
    # A notification is told as what it notifies of is told when asked.
    like = grammar.ops[op["notify"]] if "notify" in op else op
    parent = grammar.parent(grammar.sets[like["attribute-set"]])
    text += f"\n\t\t.set = &{c_name(like['attribute-set'])}_set,"
    mode = like.get("do") or like.get("dump") or {}
    request = mode.get("request", {}).get("attributes")
    reply = mode.get("reply") or like.get("event") or {}
    if "notify" in op:
        text += "\n\t\t.notify = true,"
        request = None
    elif "event" in op:
        text += "\n\t\t.event = true,"
    elif "dump" in op:
        text += "\n\t\t.dump = true,"
    if "uns-admin-perm" in op.get("flags", []):
        text += "\n\t\t.admin = true,"
    text += write_list(out, grammar, op, "request", parent, request)
    text += write_list(out, grammar, op, "reply", parent, reply.get("attributes"))
    return text + "\n\t},"


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        spec = yaml.safe_load(stream)
    grammar = Grammar(spec)
    out = ["/* SPDX-License-Identifier: GPL-2.0 */",
           "/* Generated from Documentation/netlink/specs/ipv6tun.yaml by gen-table.py. */",
           "#include <linux/ipv6tun.h>",
           ""]
    done = set()
    for attr_set in spec["attribute-sets"]:
        write_set(out, grammar, attr_set, done)
    ops = [op_init(out, grammar, op) for op in spec["operations"]["list"]]
    out.append("const struct op_spec ops[] = {")
    out.extend(ops)
    out.append("};")
    print("\n".join(out))


main()
