//! Random policies: well-formed ones, laid out wildly and full of comments, and
//! soups of tokens that mean nothing.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

type Words = BoxedStrategy<String>;

/// One of these.
fn pick(words: &'static [&'static str]) -> Words {
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

/// Parts, separated by blanks.
fn row(parts: Vec<Words>) -> Words {
    parts.prop_map(|parts| parts.join(" ")).boxed()
}

/// A fixed word.
fn word(word: &'static str) -> Words {
    Just(word.to_owned()).boxed()
}

/// One to four of these, separated by commas.
fn listed(one: Words) -> Words {
    vec(one, 1..12).prop_map(|list| list.join(" , ")).boxed()
}

/// Nothing, or this.
fn maybe(one: Words) -> Words {
    prop_oneof![Just(String::new()), one].boxed()
}

fn name() -> Words {
    pick(&[
        "a",
        "when_paid",
        "user2",
        "_x",
        "card_number_leaves",
        "found_it",
        "zz",
    ])
}

fn path() -> Words {
    pick(&[
        "user.roles",
        "destination.kind",
        "payment.card",
        "x",
        "lib.2fa",
        "content.length",
        "user",
    ])
}

fn text() -> Words {
    let piece = pick(&[
        "a",
        "Straße",
        " ",
        "\\\"",
        "\\\\",
        "\\n",
        "\n",
        "\n    ",
        "\\u{e4}",
        "ä ",
        "{count}",
        "//",
        "#",
        "/",
        "langes Wort, damit die Zeile lang wird ",
        "\\t",
        "\u{200b}",
        "'",
    ]);
    let body = || vec(piece.clone(), 0..9).prop_map(|p| p.concat());
    prop_oneof![
        body().prop_map(|b| format!("\"{b}\"")),
        body().prop_map(|b| format!("\"\"\"{b}\"\"\"")),
        body().prop_map(|b| format!("\"\"\"\n      {b}\n      \"\"\"")),
    ]
    .boxed()
}

fn int() -> Words {
    pick(&["0", "1", "-3", "4_096", "50", "200"])
}

fn date() -> Words {
    pick(&["2027-01-01", "2028-02-29", "0001-12-31", "9999-12-31"])
}

fn regex() -> Words {
    pick(&[r"/\b[1-9]\d{3}\b/", r"/a\/b/i", "/x|y # z/", r#"/"'/"#])
}

fn literal() -> Words {
    let leaf = prop_oneof![text(), int(), date(), pick(&["true", "false", "ai_chat"])];
    prop_oneof![
        4 => leaf.clone(),
        1 => vec(leaf, 0..4).prop_map(|list| format!("[ {} ]", list.join(", "))),
    ]
    .boxed()
}

fn target() -> Words {
    prop_oneof![path(), row(vec![pick(&["class", "tag", "group"]), name()]),].boxed()
}

fn confidence() -> Words {
    maybe(pick(&["(low)", "(medium)", "( high )"]))
}

fn parts() -> Words {
    pick(&[
        "user",
        "system tool",
        "outbound",
        "assistant inbound",
        "other document outbound",
    ])
}

fn part_filter() -> Words {
    maybe(parts().prop_map(|p| format!("in {p}")).boxed())
}

fn op() -> Words {
    pick(&["=", "!=", "<", "<=", ">", ">="])
}

fn date_op() -> Words {
    pick(&["on", "on or after", "on or before", "after", "before"])
}

fn expr() -> Words {
    let leaf = prop_oneof![
        path(),
        pick(&["true", "false"]),
        row(vec![word("found"), target(), confidence(), part_filter()]),
        row(vec![
            word("any of ["),
            listed(target()),
            word("] found"),
            confidence(),
            part_filter()
        ]),
        row(vec![
            pick(&["count", "distinct"]),
            target(),
            confidence(),
            part_filter(),
            op(),
            prop_oneof![int(), name()].boxed(),
        ]),
        row(vec![
            word("near"),
            target(),
            word(","),
            target(),
            confidence(),
            word("within"),
            int(),
            part_filter(),
        ]),
        row(vec![word("content contains"), text(), part_filter()]),
        row(vec![word("content matches"), regex(), part_filter()]),
        row(vec![maybe(path()), date_op(), date()]),
        row(vec![path(), word("is known")]),
        row(vec![path(), word("has"), text()]),
        row(vec![
            path(),
            word("has any of ["),
            listed(text()),
            word("]")
        ]),
        row(vec![path(), word("matches"), text()]),
        row(vec![path(), word("in ["), listed(literal()), word("]")]),
        row(vec![path(), word("in"), int(), word(".."), int()]),
        row(vec![path(), word("in"), path()]),
        row(vec![path(), op(), prop_oneof![literal(), path()].boxed()]),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let inner = inner.boxed();
        prop_oneof![
            vec(inner.clone(), 2..5).prop_map(|p| p.join(" and ")),
            vec(inner.clone(), 2..5).prop_map(|p| p.join(" or ")),
            inner.clone().prop_map(|e| format!("not ({e})")),
            inner.clone().prop_map(|e| format!("( {e} )")),
        ]
    })
    .boxed()
}

fn stages() -> Words {
    let step = row(vec![
        pick(&["observe", "warn", "enforce"]),
        word("from"),
        date(),
    ]);
    row(vec![word("stage"), listed(step)])
}

fn obligation() -> Words {
    prop_oneof![
        row(vec![word("redact"), maybe(listed(target()))]),
        pick(&["justify", "disclose"]),
        row(vec![
            pick(&["approve by", "train", "label", "notify"]),
            text()
        ]),
    ]
    .boxed()
}

fn clause() -> Words {
    let message = row(vec![pick(&["de", "en"]), text()]);
    prop_oneof![
        row(vec![pick(&["when", "unless"]), expr()]),
        row(vec![
            word("then"),
            pick(&[
                "allow", "log", "warn", "justify", "redact", "approve", "block"
            ])
        ]),
        row(vec![word("then redact"), listed(target())]),
        row(vec![word("then approve by"), text()]),
        obligation(),
        row(vec![word("cite"), text()]),
        row(vec![
            pick(&["say {", "hint {"]),
            vec(message, 1..3).prop_map(|m| m.join("\n")).boxed(),
            word("}")
        ]),
        stages(),
    ]
    .boxed()
}

fn check() -> Words {
    let call = pick(&[
        "luhn",
        "mod97(4)",
        "prefix(\"4\", \"51-55\") on 1..9",
        "date(\"DDMMYY\") on run 2",
        "length(9) on 3..",
        "word 2 in given_names",
        "word last in given_names",
        "value in lib.towns",
        "weights(3,7,9) mod 11 equals digit 4",
        "weights repeat (7,3,1) letters two_digits digit sum on 1.. mod 10 complement ten is \"X\" equals last",
        "weights(-1) mod 97 equals 0",
        "weights repeat (1) map(0,1,2) odd map(1,0,5) digit sum on 1..15 plus 4 mod 26 times 10 complement mod 10 signs \"ABC\" equals digit 3",
        "number on 1..9 plus 2000000000 times 10 mod 97 complement mod 10 equals number on 10..",
        "number mod 23 equals signs \"TRWAG\" last",
        "number on run 1 mod 89 equals 0",
        "luhn(letters)",
        "date(\"YYMMDD\", \"month+20\", \"day+40\") on 1..6",
        "one_of(\"A\", \"B\")",
        "entropy(30) on 3..",
        "base58check(0, 5)",
        "decodes(\"\\\"alg\\\"\") on run 1",
        "ipv4_in(\"10.0.0.0/8\", \"192.168.0.0/16\")",
        "bip39(words)",
    ]);
    call.prop_recursive(3, 10, 3, |inner| {
        let inner = inner.boxed();
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|p| p.join(" and ")),
            vec(inner.clone(), 2..4).prop_map(|p| p.join(" or ")),
            inner.clone().prop_map(|e| format!("not ({e})")),
            inner.clone().prop_map(|e| format!("({e})")),
        ]
    })
    .boxed()
}

fn phrases() -> Words {
    row(vec![
        word("["),
        listed(prop_oneof![text(), path()].boxed()),
        word("]"),
    ])
}

fn detector_line() -> Words {
    let level = || pick(&["none", "low", "medium", "high"]);
    let lower = row(vec![maybe(pick(&["prefix", "suffix"])), text()]);
    let title = row(vec![pick(&["de", "en"]), text()]);
    prop_oneof![
        row(vec![
            word("title {"),
            vec(title, 1..3).prop_map(|t| t.join(" ")).boxed(),
            word("}")
        ]),
        row(vec![word("class"), name()]),
        row(vec![word("digits"), int()]),
        row(vec![word("tags"), listed(name())]),
        row(vec![pick(&["pattern", "after"]), regex()]),
        row(vec![
            pick(&["words", "words inflected"]),
            prop_oneof![listed(text()), path()].boxed()
        ]),
        row(vec![word("check"), check()]),
        row(vec![
            word("context"),
            listed(text()),
            maybe(word("before")),
            maybe(word("within 80"))
        ]),
        row(vec![
            word("confidence"),
            level(),
            word(", with check"),
            level(),
            word(", with check and context"),
            level(),
        ]),
        row(vec![
            word("confidence"),
            level(),
            word(", with context"),
            level()
        ]),
        row(vec![word("lower"), listed(lower)]),
        row(vec![
            pick(&["sequence", "sequence inflected"]),
            phrases(),
            word("then"),
            phrases(),
            word("gap"),
            int(),
            word("words"),
            maybe(word("either order"))
        ]),
        row(vec![
            word("any"),
            int(),
            maybe(word("times")),
            word("of"),
            phrases(),
            word("within"),
            int()
        ]),
        row(vec![word("first word in"), path()]),
        word("hidden"),
        row(vec![word("reported as"), path()]),
        row(vec![
            word("beside"),
            listed(path()),
            word("within"),
            int(),
            pick(&["as check", "as context"])
        ]),
        row(vec![
            word("against"),
            listed(text()),
            maybe(word("within 30"))
        ]),
        row(vec![word("lower when"), check()]),
        row(vec![word("yields to"), listed(path())]),
        row(vec![word("redact as"), text()]),
        row(vec![pick(&["examples", "counterexamples"]), listed(text())]),
    ]
    .boxed()
}

fn test_line() -> Words {
    let by = || maybe(row(vec![word("by"), listed(name())]));
    let verdict = || pick(&["block", "warn", "allow"]);
    let pair = row(vec![path(), word("="), literal()]);
    prop_oneof![
        row(vec![word("given"), listed(pair)]),
        row(vec![word("today"), date()]),
        row(vec![word("param"), name(), word("="), literal()]),
        row(vec![word("text"), maybe(parts()), text()]),
        row(vec![word("expect"), maybe(word("would")), verdict(), by()]),
        row(vec![word("expect no"), path()]),
        row(vec![
            word("expect found"),
            path(),
            confidence(),
            maybe(row(vec![word("at"), text()]))
        ]),
        row(vec![word("expect not found"), path()]),
        row(vec![word("expect obligation"), obligation()]),
        word("expect content unread"),
    ]
    .boxed()
}

/// A comment, or only a line break; also in places where nobody would write one.
fn between() -> Words {
    pick(&[
        "\n",
        "\n",
        "\n",
        "\n\n",
        " // behind\n",
        "\n  # above\n",
        "\n\n\n//x\n\n",
        " // a\n // b\n\n",
    ])
}

/// `head { lines }`
fn block(head: Words, line: Words) -> Words {
    let lines = vec(row(vec![line, between()]), 0..5)
        .prop_map(|l| l.join(" "))
        .boxed();
    row(vec![head, word("{"), between(), lines, word("}")])
}

fn item() -> Words {
    let relaxable = || maybe(word("relaxable"));
    let ty = || {
        prop_oneof![
            pick(&["bool", "int", "date", "string", "host", "set"]),
            listed(name()).prop_map(|values| format!("enum {{ {values} }}")),
        ]
        .boxed()
    };
    let default = prop_oneof![
        pick(&["required", "= absent"]),
        row(vec![word("="), literal()]),
    ];
    let list_type = pick(&[
        "int in 1..50",
        "list of string max 20",
        "list of host max 3",
        "bool",
    ]);
    prop_oneof![
        row(vec![pick(&["use", "extends"]), path()]),
        row(vec![word("include"), listed(path())]),
        row(vec![
            word("attribute"),
            path(),
            word(":"),
            ty(),
            default.boxed(),
            maybe(word("printable"))
        ]),
        row(vec![
            relaxable(),
            word("list"),
            path(),
            word("="),
            listed(text())
        ]),
        row(vec![word("group"), name(), word("="), listed(target())]),
        row(vec![
            relaxable(),
            word("param"),
            name(),
            word(":"),
            list_type,
            word("="),
            literal()
        ]),
        row(vec![relaxable(), word("let"), name(), word("="), expr()]),
        row(vec![
            word("except"),
            path(),
            word("when"),
            expr(),
            word("because"),
            text(),
            word("until"),
            date(),
        ]),
        block(row(vec![relaxable(), word("rule"), name()]), clause()),
        block(row(vec![word("tighten"), name()]), clause()),
        block(row(vec![word("detector"), path(), text()]), detector_line()),
        block(row(vec![word("test"), text()]), test_line()),
    ]
    .boxed()
}

fn header() -> Words {
    let setting = prop_oneof![
        row(vec![pick(&["version", "time_zone"]), text()]),
        row(vec![word("languages"), listed(name())]),
        row(vec![word("review by"), date()]),
        pick(&["on_error block", "on_error approve"]),
        row(vec![word("max_findings"), int()]),
        stages(),
    ];
    maybe(block(
        row(vec![word("policy"), name(), text()]),
        setting.boxed(),
    ))
}

/// A well-formed file. Some blanks between its tokens become comments.
pub fn policy() -> impl Strategy<Value = String> {
    let items = vec(row(vec![item(), between()]), 0..6).prop_map(|items| items.concat());
    let comments = vec((any::<prop::sample::Index>(), any::<bool>()), 0..4);
    (between(), header(), between(), items, comments).prop_map(
        |(before, header, gap, items, comments)| {
            let mut text = format!("{before}{header}{gap}{items}");
            for (index, own_line) in comments {
                sprinkle(&mut text, index, own_line);
            }
            text
        },
    )
}

/// Replaces one blank outside texts and regular expressions by a comment.
fn sprinkle(text: &mut String, index: prop::sample::Index, own_line: bool) {
    let blanks: Vec<usize> = text
        .match_indices(" and ")
        .map(|(at, _)| at)
        .chain(text.match_indices(" , ").map(|(at, _)| at + 2))
        .collect();
    if blanks.is_empty() {
        return;
    }
    let at = blanks[index.index(blanks.len())];
    let comment = if own_line { "\n# own\n" } else { " // here\n" };
    text.replace_range(at..=at, comment);
}

/// Tokens in any order.
pub fn soup() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        pick(&[
            "policy",
            "rule",
            "when",
            "then",
            "block",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            ",",
            "=",
            "found",
            "say",
            "de",
            "not",
            "and",
            "or",
            "in",
            "user",
            "test",
            "expect",
            "detector",
            "pattern",
            "check",
            "confidence",
            "with",
            "let",
            "param",
            ":",
            "int",
            "..",
            "any",
            "of",
            "near",
            "within",
            "count",
            "stage",
            "from",
            "weights",
            "on",
            "is",
            "has",
            "matches",
            "content",
            "text",
            "given",
            "relaxable",
            "tighten",
            "redact",
            "\"",
            "\"\"\"",
            "//",
            "#",
            "/",
            "\\",
            "ä",
            "\u{1F600}",
            "\u{0}",
            "1.5",
            "2027-02-30",
            "12x",
            "==",
            "&&",
            "!",
            ";",
        ]),
        name(),
        path(),
        text(),
        int(),
        date(),
        regex(),
        expr(),
        clause(),
        item(),
    ];
    let gap = pick(&[" ", "\n", "", "\n\n", "\r\n"]);
    vec((token, gap), 0..40).prop_map(|parts| {
        parts
            .into_iter()
            .map(|(token, gap)| token + &gap)
            .collect::<String>()
    })
}
