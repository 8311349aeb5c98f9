//! Why crates come with the library.

/// What a crate is for, if that is written down.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    let known = REASONS.iter().find(|(_, names)| names.contains(&name));
    known.map(|(reason, _)| *reason)
}

const REASONS: &[(&str, &[&str])] = &[
    ("the library itself", &["chat"]),
    (
        "the layer that is generated from the service's documents",
        &["chat-rest", "progenitor-client"],
    ),
    (
        "bodies and their types",
        &[
            "itoa",
            "memchr",
            "ryu",
            "serde",
            "serde_core",
            "serde_derive",
            "serde_json",
            "zmij",
        ],
    ),
    (
        "names the place of what can't be read in a body",
        &["serde_path_to_error"],
    ),
    ("queries", &["serde_urlencoded"]),
    (
        "streams of bodies, which progenitor-client has",
        &["futures-sink", "tokio-util"],
    ),
    (
        "times of messages and receipts",
        &[
            "deranged",
            "num-conv",
            "powerfmt",
            "time",
            "time-core",
            "time-macros",
        ],
    ),
    ("dates in headers", &["httpdate"]),
    (
        "ids of requests and idempotency tokens",
        &["getrandom", "uuid"],
    ),
    ("waits before repeats", &["fastrand"]),
    ("error types", &["thiserror", "thiserror-impl"]),
    (
        "signatures of the feature `identity`",
        &[
            "block-buffer",
            "cfg-if",
            "cmov",
            "const-oid",
            "cpufeatures",
            "crypto-common",
            "ctutils",
            "digest",
            "hmac",
            "hybrid-array",
            "sha2",
            "typenum",
        ],
    ),
];
