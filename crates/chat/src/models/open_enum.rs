//! Enums of the service that may gain values: an unknown one is kept as it came.

/// Declares an open enum: known values as variants, any other in `UnknownValue`.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A value this version of the library does not know, as the service wrote it.
            UnknownValue(String),
        }

        impl $name {
            /// The value as it is written on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::UnknownValue(value) => value,
                }
            }

            fn known(value: &str) -> Option<Self> {
                // The service's clients compare these without regard to case.
                $(if value.eq_ignore_ascii_case($value) { return Some(Self::$variant); })+
                None
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::UnknownValue(value.to_owned()))
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::known(&value).unwrap_or(Self::UnknownValue(value))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::models::ChatMessageType;

    #[test]
    fn known_values_are_variants_whatever_their_case() {
        assert_eq!(ChatMessageType::from("html"), ChatMessageType::Html);
        assert_eq!(
            ChatMessageType::from(String::from("HTML")),
            ChatMessageType::Html
        );
    }

    #[test]
    fn unknown_values_are_kept_to_the_letter() {
        let poll = ChatMessageType::from("Poll");
        assert_eq!(poll, ChatMessageType::UnknownValue("Poll".to_owned()));
        assert_eq!(poll.to_string(), "Poll");
    }
}
