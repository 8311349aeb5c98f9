//! The api-versions that are spoken, and what each of them has.

/// Which API a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    Chat,
    Identity,
}

impl Api {
    /// By the first segment of the path; an unknown one counts as chat.
    pub(crate) fn of(path: &str) -> Self {
        let first = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        if matches!(first, "identities" | "teamsUser") {
            Self::Identity
        } else {
            Self::Chat
        }
    }
}

/// How errors are wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// `{"CommunicationError":{"Code","Message","Details"}}`, as chat answers in all its versions; in camel
    /// case for bodies that are not valid.
    Communication,
    /// `{"error":{"code","message"}}`, as identity answers, and the framework that reads api-versions.
    Error,
}

impl Envelope {
    /// How an error of a request to `path` is wrapped that names `version`, if any.
    pub(crate) fn of(path: &str, version: Option<&str>) -> Self {
        version
            .filter(|_| Api::of(path) == Api::Chat)
            .and_then(ChatVersion::parse)
            .map_or(Self::Error, |_| Self::Communication)
    }
}

macro_rules! versions {
    ($(#[$doc:meta])* $name:ident { $first:ident = $first_text:literal, $($variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum $name { $first, $($variant,)+ }

        impl $name {
            /// All versions that are spoken, oldest first.
            pub(crate) const ALL: &[Self] = &[Self::$first, $(Self::$variant),+];

            /// The value of `api-supported-versions` on answers of this API.
            pub(crate) const SUPPORTED: &str = concat!($first_text, $(", ", $text),+);

            /// The version that `text` names exactly.
            pub(crate) fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|version| version.as_str() == text)
            }

            /// The value of the `api-version` parameter.
            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_text,
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

versions! {
    /// A version of the chat API.
    ChatVersion {
        V2021_03_07 = "2021-03-07",
        V2021_09_07 = "2021-09-07",
        V2023_07_01Preview = "2023-07-01-preview",
        V2023_11_07 = "2023-11-07",
        V2023_11_15Preview = "2023-11-15-preview",
        V2024_03_07 = "2024-03-07",
        V2025_03_15 = "2025-03-15",
    }
}

versions! {
    /// A version of the identity API.
    IdentityVersion {
        V2021_03_07 = "2021-03-07",
        V2021_10_31Preview = "2021-10-31-preview",
        V2021_11_01 = "2021-11-01",
        V2022_06_01 = "2022-06-01",
        V2022_10_01 = "2022-10-01",
        V2023_10_01 = "2023-10-01",
    }
}

impl ChatVersion {
    /// The one that was published last.
    pub(crate) const NEWEST: Self = Self::ALL[Self::ALL.len() - 1];

    /// Whether the content of a user's message says `attachments`.
    pub(crate) fn has_attachments(self) -> bool {
        self >= Self::V2023_07_01Preview
    }

    /// Whether threads have `metadata`: first in a preview, which the next stable version left out.
    pub(crate) fn has_thread_metadata(self) -> bool {
        self == Self::V2023_11_15Preview || self >= Self::V2025_03_15
    }

    /// Whether threads have a `retentionPolicy`.
    pub(crate) fn has_retention_policy(self) -> bool {
        self >= Self::V2025_03_15
    }

    /// Whether participants have `metadata`.
    pub(crate) fn has_participant_metadata(self) -> bool {
        self >= Self::V2025_03_15
    }
}

impl IdentityVersion {
    /// Whether the lifetime of a token can be chosen.
    pub(crate) fn has_token_lifetime(self) -> bool {
        self >= Self::V2022_10_01
    }

    /// Whether a Teams user's token is exchanged with the ids of the application and the user.
    pub(crate) fn has_teams_exchange(self) -> bool {
        self >= Self::V2022_06_01
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_supported_versions_header_names_every_version_that_is_spoken() {
        let chat: Vec<_> = ChatVersion::ALL
            .iter()
            .map(|version| version.as_str())
            .collect();
        assert_eq!(chat.join(", "), ChatVersion::SUPPORTED);
        assert!(IdentityVersion::SUPPORTED.starts_with("2021-03-07, 2021-10-31-preview, "));
    }

    #[test]
    fn a_version_is_named_exactly() {
        assert_eq!(
            ChatVersion::parse("2021-09-07"),
            Some(ChatVersion::V2021_09_07)
        );
        for text in ["", "2021-09-7", "2021-09-07 ", "2023-07-01", "2022-01-01"] {
            assert_eq!(ChatVersion::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_preview_may_have_what_the_next_stable_version_lacks() {
        assert!(ChatVersion::V2023_11_15Preview.has_thread_metadata());
        assert!(!ChatVersion::V2024_03_07.has_thread_metadata());
        assert!(!ChatVersion::V2024_03_07.has_retention_policy());
        assert!(ChatVersion::V2025_03_15.has_participant_metadata());
    }

    /// Functions that tell what a version has, by API.
    type Gates<V> = &'static [(&'static str, fn(V) -> bool)];

    const CHAT: Gates<ChatVersion> = &[
        ("has_attachments", ChatVersion::has_attachments),
        ("has_thread_metadata", ChatVersion::has_thread_metadata),
        ("has_retention_policy", ChatVersion::has_retention_policy),
        (
            "has_participant_metadata",
            ChatVersion::has_participant_metadata,
        ),
    ];

    const IDENTITY: Gates<IdentityVersion> = &[
        ("has_token_lifetime", IdentityVersion::has_token_lifetime),
        ("has_teams_exchange", IdentityVersion::has_teams_exchange),
    ];

    #[test]
    fn the_newest_version_has_whatever_one_before_it_has() {
        fn check<V: Copy + std::fmt::Debug>(versions: &[V], gates: Gates<V>) {
            let newest = *versions.last().unwrap();
            for (name, has) in gates {
                assert!(
                    has(newest),
                    "{newest:?} has lost what `{name}` tells: compare with `>=`, for the versions \
                     that are to come; if the service has taken it away, call the gate `had_…`"
                );
            }
        }
        check(ChatVersion::ALL, CHAT);
        check(IdentityVersion::ALL, IDENTITY);
        let (source, _) = include_str!("version.rs")
            .split_once("#[cfg(test)]")
            .unwrap();
        let checked = |name: &str| {
            let mut names = CHAT
                .iter()
                .map(|gate| gate.0)
                .chain(IDENTITY.iter().map(|gate| gate.0));
            names.any(|known| known == name)
        };
        let defined = source.split("pub(crate) fn ").skip(1);
        let defined = defined.filter_map(|text| text.split('(').next());
        let missing: Vec<_> = defined
            .filter(|name| name.starts_with("has_") && !checked(name))
            .collect();
        assert_eq!(
            missing,
            Vec::<&str>::new(),
            "gates to add to CHAT or IDENTITY here; what is gone for good is told by one that begins \
             with `had_`"
        );
    }

    #[test]
    fn versions_come_in_their_order() {
        assert!(ChatVersion::ALL.is_sorted_by_key(|version| version.as_str()));
        assert!(IdentityVersion::ALL.is_sorted_by_key(|version| version.as_str()));
    }
}
